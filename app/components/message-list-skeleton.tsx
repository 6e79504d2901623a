import { useT } from '../i18n/use-language.ts';

/** The shape of a conversation while it is on its way. */
export function MessageListSkeleton() {
  const t = useT();
  return (
    <div className="wc-skeleton">
      <span className="wc-hidden">{t('messages.loading')}</span>
      <i style={{ width: '58%' }} />
      <i style={{ width: '42%' }} />
      <i data-own="true" style={{ width: '50%' }} />
      <i style={{ width: '64%' }} />
    </div>
  );
}

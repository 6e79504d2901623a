import { useT } from '../i18n/use-language.ts';

/** The shape of a conversation while it is on its way. */
export function MessageListSkeleton() {
  const t = useT();
  return (
    <div className="wc-skeleton">
      <span className="wc-hidden">{t('messages.loading')}</span>
      <i />
      <i />
      <i data-own="true" />
      <i />
    </div>
  );
}

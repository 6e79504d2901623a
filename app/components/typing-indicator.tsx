import { useT } from '../i18n/use-language.ts';
import type { TypingIndicatorProps } from './props.ts';

/** Three quiet dots and who is typing. Keeps its height when empty, so that the list above doesn't jump. */
export function TypingIndicator({ who }: TypingIndicatorProps) {
  const t = useT();
  const [first] = who;
  const text = !first
    ? ''
    : who.length > 1
      ? t('typing.many')
      : first.name
        ? t('typing.one', { name: first.name })
        : t('typing.someone');
  return (
    <div className="wc-typing" aria-live="polite">
      {first && (
        <>
          <span className="wc-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span>{text}</span>
        </>
      )}
    </div>
  );
}

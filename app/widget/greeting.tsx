import { useT } from '../i18n/use-language.ts';
import { CareIcon } from './care-icon.tsx';

/** What a new visitor sees. */
export function Greeting() {
  const t = useT();
  return (
    <div className="panel-greeting">
      <span className="panel-mark">
        <CareIcon size={30} />
      </span>
      <h2>{t('widget.greeting')}</h2>
      <p>{t('widget.greetingText')}</p>
    </div>
  );
}

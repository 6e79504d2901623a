import { useT } from '../i18n/use-language.ts';
import type { AvatarProps } from './props.ts';

/** A picture or an initial in a circle. The name itself is expected beside it, so the picture says nothing. */
export function Avatar({ name, url, online, size = 36 }: AvatarProps) {
  const t = useT();
  return (
    <span className="wc-avatar" data-size={size}>
      {url ? (
        <img src={url} alt="" width={size} height={size} />
      ) : (
        <span aria-hidden="true">{initial(name)}</span>
      )}
      {online !== undefined && (
        <span className="wc-avatar-dot" data-online={online}>
          <span className="wc-hidden">{t(online ? 'avatar.online' : 'avatar.offline')}</span>
        </span>
      )}
    </span>
  );
}

/** The first whole character of a name: never half of an emoji or of a CJK character outside the BMP. */
function initial(name: string | null): string {
  const [first] = name?.trim() ?? '';
  return first?.toLocaleUpperCase() ?? '·';
}

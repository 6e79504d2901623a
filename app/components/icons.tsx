import type { ReactNode } from 'react';

/** Line icons of one hand: 24 × 24, drawn in the text's colour. They say nothing; a label beside them does. */
function Icon({ size = 16, children }: { size?: number | undefined; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

type IconProps = { size?: number };

export const CheckIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m5 13 4.5 4.5L19 7" />
  </Icon>
);
export const ChecksIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m2 13 4.5 4.5L15 8M12 16l1.5 1.5L22 8" />
  </Icon>
);
export const ClockIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3 2" />
  </Icon>
);
export const AlertIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.5v5M12 16.2v.1" />
  </Icon>
);
export const SendIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
  </Icon>
);
export const DownIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
  </Icon>
);
export const ChevronDownIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m6 9.5 6 6 6-6" />
  </Icon>
);
export const BackIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M15 5.5 8.5 12l6.5 6.5" />
  </Icon>
);
export const MoreIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path strokeWidth="3" d="M5.5 12h.01M12 12h.01M18.5 12h.01" />
  </Icon>
);

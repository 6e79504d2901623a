/** The house's mark in the chat: a speech bubble with a leaf in it. Decoration only. */
export function CareIcon({ size }: { size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M21 11.5a8.5 8.5 0 0 1-12.3 7.6L3 21l1.9-5.7A8.5 8.5 0 1 1 21 11.5Z" />
      <path d="M9 14.5c0-3.6 2.2-6 6-6 0 3.8-2.4 6-6 6Zm0 0 2.6-2.6" />
    </svg>
  );
}

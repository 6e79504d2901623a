/** Jade hills over still water with a low sun, drawn like an ink wash. */
export function HeroArt() {
  return (
    <svg className="hero__art" viewBox="0 0 640 560" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--art-sky-1)" />
          <stop offset="1" stopColor="var(--art-sky-2)" />
        </linearGradient>
        <linearGradient id="mist" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--art-sky-2)" stopOpacity="0" />
          <stop offset="1" stopColor="var(--art-sky-2)" stopOpacity="0.9" />
        </linearGradient>
      </defs>
      <rect width="640" height="560" fill="url(#sky)" />
      <circle cx="452" cy="150" r="58" fill="var(--art-sun)" />
      <path
        d="M0 300c60-70 96-128 138-128 40 0 58 70 96 74 44 4 66-104 118-104 56 0 70 118 116 118 42 0 62-66 96-66 32 0 52 54 76 70v150H0Z"
        fill="var(--art-hill-3)"
      />
      <rect y="180" width="640" height="190" fill="url(#mist)" />
      <path
        d="M0 372c40-58 78-122 128-122 46 0 70 92 122 96 62 4 84-76 138-76 60 0 84 88 134 88 44 0 78-40 118-44v130H0Z"
        fill="var(--art-hill-2)"
      />
      <rect y="270" width="640" height="160" fill="url(#mist)" />
      <path
        d="M0 424c70-48 128-74 196-62 78 14 116 62 190 58 88-4 146-66 254-52v74H0Z"
        fill="var(--art-hill-1)"
      />
      <rect y="428" width="640" height="132" fill="var(--art-water)" />
      <g stroke="var(--art-sky-1)" strokeOpacity="0.35" strokeWidth="3" strokeLinecap="round">
        <path d="M60 468h120M250 456h70M392 470h150M120 508h70M300 514h170M520 504h60M36 536h80M220 542h110M440 540h120" />
      </g>
      <path d="M300 470c26 12 62 12 92-2-8 16-22 26-44 26s-40-10-48-24Z" fill="var(--art-hill-1)" />
      <path d="M344 470v-54l30 44Z" fill="var(--art-sail)" />
    </svg>
  );
}

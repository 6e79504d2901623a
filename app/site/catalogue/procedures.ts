export interface Procedure {
  slug: string;
  name: string;
  summary: string;
  /** US dollars: what a treatment usually costs here, and what it costs where most visitors come from. */
  price: { from: number; to: number; abroad: number };
  /** Days in the city, from the first consultation to the flight home. */
  stay: string;
  recovery: string;
  includes: readonly string[];
  /** Slugs of the hospitals that offer it. */
  hospitals: readonly string[];
}

/** Sample content of the demo site. */
export const PROCEDURES: readonly Procedure[] = [
  {
    slug: 'dental-implants',
    name: 'Dental Implants',
    summary: 'Titanium implants and ceramic crowns, planned in 3D before the first appointment.',
    price: { from: 1_100, to: 2_300, abroad: 4_800 },
    stay: '5–7 days, twice',
    recovery: 'Back to soft food the same day; the crown follows after three months.',
    includes: [
      '3D scan and treatment plan',
      'Implant, abutment and crown',
      'Two hotel transfers',
      'Ten-year warranty',
    ],
    hospitals: ['beijing-united', 'shanghai-jiahui', 'chengdu-lotus'],
  },
  {
    slug: 'lasik',
    name: 'LASIK',
    summary: 'Femtosecond laser correction of short sight, long sight and astigmatism.',
    price: { from: 1_600, to: 2_700, abroad: 4_400 },
    stay: '4 days',
    recovery: 'Reading on the next day, sports after two weeks.',
    includes: ['Full eye examination', 'Both eyes', 'Follow-up on days 1 and 3', 'Eye drops for a month'],
    hospitals: ['shanghai-jiahui', 'guangzhou-pearl'],
  },
  {
    slug: 'knee-replacement',
    name: 'Knee Replacement',
    summary: 'Robot-assisted partial or total replacement with rehabilitation from day one.',
    price: { from: 11_500, to: 16_000, abroad: 38_000 },
    stay: '16–20 days',
    recovery: 'Walking with a frame on day one, stairs after two weeks.',
    includes: [
      'Implant and surgery',
      'Seven nights in a private room',
      'Ten physiotherapy sessions',
      'Companion bed',
    ],
    hospitals: ['beijing-united', 'guangzhou-pearl'],
  },
  {
    slug: 'health-check',
    name: 'Executive Health Check',
    summary: 'One calm day, sixty findings, and a doctor who explains every one of them.',
    price: { from: 480, to: 1_250, abroad: 3_200 },
    stay: '1–2 days',
    recovery: 'None; written results in English within three days.',
    includes: [
      'Blood panel and imaging',
      'Heart and lung function',
      'Interpreter all day',
      'Follow-up video call',
    ],
    hospitals: ['beijing-united', 'shanghai-jiahui', 'guangzhou-pearl', 'chengdu-lotus'],
  },
];

export function procedureBySlug(slug: string | undefined): Procedure | undefined {
  return PROCEDURES.find((procedure) => procedure.slug === slug);
}

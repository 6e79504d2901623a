export interface Plan {
  name: string;
  /** US dollars, once for the whole journey. */
  price: number;
  summary: string;
  includes: readonly string[];
  featured: boolean;
}

/** Sample content of the demo site. */
export const PLANS: readonly Plan[] = [
  {
    name: 'Essential Plan',
    price: 190,
    summary: 'We find the right doctor and make the appointments.',
    includes: ['Two written offers', 'Appointment booking', 'Visa letter', 'Chat support'],
    featured: false,
  },
  {
    name: 'Premium Plan',
    price: 690,
    summary: 'Somebody is beside you from the airport to the flight home.',
    includes: [
      'Everything in Essential',
      'Interpreter at every appointment',
      'Airport and clinic transfers',
      'Hotel near the hospital',
    ],
    featured: true,
  },
  {
    name: 'Family Plan',
    price: 1_150,
    summary: 'For you and up to three people who come along.',
    includes: [
      'Everything in Premium',
      'Two rooms or an apartment',
      'Day trips while you recover',
      'A year of follow-up',
    ],
    featured: false,
  },
];

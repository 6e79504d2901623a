const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
});

/** `$1,100`. */
export function usd(amount: number): string {
  return dollars.format(amount);
}

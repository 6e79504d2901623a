/**
 * Moves the focus to the next or previous link of a list. From outside the list it goes to the open page's link,
 * else to the first.
 *
 * @returns whether there was a link to go to
 */
export function moveFocus(list: HTMLElement, by: 1 | -1 | 0): boolean {
  const links = [...list.querySelectorAll<HTMLElement>('.queue-item')];
  const focused = links.indexOf(document.activeElement as HTMLElement);
  const current = links.findIndex((link) => link.getAttribute('aria-current') === 'page');
  const index = focused === -1 ? Math.max(current, 0) : focused + by;
  const target = links[Math.min(Math.max(index, 0), links.length - 1)];
  target?.focus();
  return target !== undefined;
}

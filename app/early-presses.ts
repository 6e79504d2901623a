/**
 * A page shows its controls long before its scripts have come, on a slow phone by seconds. Links and forms work by
 * themselves until then; what is pressed of the rest is kept and pressed again once somebody is there to hear it.
 */
interface EarlyPresses {
  /** What was pressed, each once however impatiently; from now on nothing is kept. */
  take(): Set<HTMLElement>;
}

const NAME = 'wellchinaEarlyPresses';

/**
 * Inline script for the head. A button that asks before it submits (`data-asks-first`) must not submit unasked; where
 * there is no JavaScript at all, it does.
 */
export const EARLY_PRESSES = `(function(d,p){function keep(e){var c=e.target.closest&&e.target.closest('button[type="button"],[data-asks-first],input[type="checkbox"],input[type="radio"]');if(c){p.add(c);if(c.hasAttribute("data-asks-first"))e.preventDefault()}}d.addEventListener("click",keep,true);window.${NAME}={take:function(){d.removeEventListener("click",keep,true);return p}}})(document,new Set());`;

/**
 * Calls `hydrate` and repeats what was pressed before it. Boxes are put back first, as they were when the page came: a
 * press has to change them for React to notice.
 *
 * @param hydrate told whether somebody waits: then every handler has to be there when it returns
 */
export function repeatingEarlyPresses(hydrate: (atOnce: boolean) => void): void {
  const pressed = (window as { [NAME]?: EarlyPresses })[NAME]?.take() ?? new Set();
  const again = [...pressed].filter((control) => !(control instanceof HTMLInputElement) || putBack(control));
  hydrate(again.length > 0);
  for (const control of again) if (control.isConnected) control.click();
}

/** Whether the box had been changed. */
function putBack(box: HTMLInputElement): boolean {
  if (box.checked === box.defaultChecked) return false;
  box.checked = box.defaultChecked;
  if (box.type !== 'radio') return true;
  const group = document.querySelectorAll<HTMLInputElement>(
    `input[type="radio"][name="${CSS.escape(box.name)}"]`,
  );
  for (const other of group) other.checked = other.defaultChecked;
  return true;
}

import { useEffect, useState } from 'react';

/** Whether the person is at this window: a message in a window behind another has been shown, but not read. */
export function useFocused(): boolean {
  const [focused, setFocused] = useState(true);
  useEffect(() => {
    const update = () => setFocused(document.hasFocus());
    update();
    addEventListener('focus', update);
    addEventListener('blur', update);
    return () => {
      removeEventListener('focus', update);
      removeEventListener('blur', update);
    };
  }, []);
  return focused;
}

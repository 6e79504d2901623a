import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useT } from '../i18n/use-language.ts';
import { DEFAULT_LIMITS } from '../protocol/limits.ts';
import { textProblem } from '../protocol/text.ts';
import { SendIcon } from './icons.tsx';
import type { ComposerProps } from './props.ts';

/** The counter appears when so many characters are left. */
const COUNT_FROM = 200;
/** Layout before paint in the browser; nothing to lay out on the server. */
const useBrowserLayoutEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect;

/** Where messages are written. Enter sends, Shift+Enter breaks the line, and an input method's Enter is its own. */
export function Composer({
  value,
  onChange,
  onSend,
  onTyping,
  disabled = false,
  placeholder,
  maxLength = DEFAULT_LIMITS.textLength,
  autoFocus = false,
}: ComposerProps) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  // What is in the field right now: state comes a render later, and a double click doesn't wait for it.
  const text = useRef(value);
  text.current = value;

  useBrowserLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [value]);
  useEffect(() => {
    if (autoFocus) field.current?.focus({ preventScroll: true });
  }, [autoFocus]);

  const left = maxLength - value.length;
  const problem = value.trim() ? textProblem(value, maxLength) : null;
  const blank = textProblem(value, Number.POSITIVE_INFINITY) !== null;
  const ready = !disabled && !blank && !problem;

  function send(): void {
    const written = text.current.trim();
    if (disabled || textProblem(written, maxLength)) return;
    text.current = '';
    onChange('');
    onSend(written);
    onTyping?.(false);
    field.current?.focus({ preventScroll: true });
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    send();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // 229: Safari ends a composition before the Enter that chose a word.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || composing) return;
    event.preventDefault();
    send();
  }

  return (
    <form className="wc-composer" onSubmit={onSubmit}>
      <div className="wc-field">
        <textarea
          ref={field}
          className="wc-input"
          rows={1}
          dir="auto"
          value={value}
          disabled={disabled}
          placeholder={placeholder ?? t('composer.placeholder')}
          aria-label={t('composer.label')}
          aria-describedby={left < COUNT_FROM || problem ? 'wc-counter' : undefined}
          aria-invalid={problem ? true : undefined}
          enterKeyHint="send"
          onChange={(event) => {
            text.current = event.currentTarget.value;
            onChange(event.currentTarget.value);
            onTyping?.(event.currentTarget.value !== '');
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="wc-send" aria-label={t('composer.send')} disabled={!ready}>
          <SendIcon size={18} />
        </button>
      </div>
      {left < COUNT_FROM ? (
        <div
          className="wc-counter"
          id="wc-counter"
          // Read out once it is too much; before that it would be said at every letter.
          role={left < 0 ? 'status' : undefined}
          data-over={left < 0}
        >
          {left < 0 ? t('composer.tooLong', { count: -left }) : t('composer.left', { count: left })}
        </div>
      ) : (
        problem && (
          <div className="wc-counter" id="wc-counter" role="status" data-over="true">
            {t('composer.invalid')}
          </div>
        )
      )}
    </form>
  );
}

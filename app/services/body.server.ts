/**
 * A request's body as text, read no further than `maxBytes`: a larger one must not fill the memory that rooms live in.
 *
 * @returns null where it is larger
 */
export async function readText(request: Request, maxBytes: number): Promise<string | null> {
  if (Number(request.headers.get('Content-Length') ?? 0) > maxBytes) return null;
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const read = await reader?.read();
    if (!read || read.done) return text + decoder.decode();
    bytes += read.value.byteLength;
    if (bytes > maxBytes) return null;
    text += decoder.decode(read.value, { stream: true });
  }
}

/** Far above any form of ours. */
const FORM_BYTES = 16 * 1024;

/**
 * The fields of a form as browsers post it; none where it is something else.
 *
 * @throws Response 413
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const text = await readText(request, FORM_BYTES);
  if (text === null) throw new Response('That is too much for this form.', { status: 413 });
  const type = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? text : '');
}

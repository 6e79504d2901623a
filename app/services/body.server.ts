/** `too_large`: more than was allowed. `broken`: it ended before it was whole. */
export type BodyText = { ok: true; text: string } | { ok: false; reason: 'too_large' | 'broken' };

/**
 * What is too large is read up to here and thrown away, so that whoever sends it hears why: a connection that closes on
 * bytes nobody has read is reset, and that may take the answer with it. Beyond, nobody is owed more.
 */
const HEARD_OUT_BYTES = 1024 * 1024;

/** A request's body as text, kept no further than `maxBytes`: a larger one must not fill the memory that rooms live in. */
export async function readText(request: Request, maxBytes: number): Promise<BodyText> {
  const tooLarge = { ok: false, reason: 'too_large' } as const;
  if (Number(request.headers.get('Content-Length') ?? 0) > HEARD_OUT_BYTES) return tooLarge;
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const read = await reader?.read();
      if (!read || read.done) break;
      bytes += read.value.byteLength;
      if (bytes > HEARD_OUT_BYTES) break;
      if (bytes > maxBytes) text = '';
      else text += decoder.decode(read.value, { stream: true });
    }
    return bytes > maxBytes ? tooLarge : { ok: true, text: text + decoder.decode() };
  } catch {
    // Whoever sent it went away, or lied about its length.
    return { ok: false, reason: 'broken' };
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
  const body = await readText(request, FORM_BYTES);
  if (!body.ok && body.reason === 'too_large') {
    throw new Response('That is too much for this form.', { status: 413 });
  }
  const type = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  return new URLSearchParams(body.ok && type === 'application/x-www-form-urlencoded' ? body.text : '');
}

/** One check taken out of the code: what is replaced where, and who must then be red. */
export interface CodeMutant {
  check: string;
  edits: readonly { file: string; from: string; to: string }[];
  /** Attacks by their whole names, the likeliest first. */
  attacks?: readonly string[];
  /** A test of the pure parts by its file, where no attack gets this far. */
  unit?: string;
}

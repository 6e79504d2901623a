/// <reference types="vite/types/importMeta.d.ts" />

/** A part of a locale, compiled by `compile-locales.ts`. */
declare module '*.ts?chat' {
  const messages: Readonly<Record<string, import('icu-minify/format').CompiledMessage>>;
  export default messages;
}

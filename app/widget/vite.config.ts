import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { compileLocales } from '../i18n/compile-locales.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = here('../../build/client');

/** What an Evergreen browser of the last two or three years understands. */
const target = ['chrome109', 'firefox115', 'safari16.4'];

/**
 * A locale's texts have fixed names, so that the frame's document can ask for them beside the panel; any other chunk
 * carries its hash, so that a panel of the release before never runs with it.
 */
function chunkName({ facadeModuleId }: { facadeModuleId: string | null }): string {
  const [, locale, part] = /\/locales\/([\w-]+)\.ts\?(\w+)$/.exec(facadeModuleId ?? '') ?? [];
  return locale ? `widget/${locale}.${part}.js` : 'widget/chunks/[name]-[hash].js';
}

/** `widget.js`, a script of its own that any page can carry: built beside the panel, since it must be one plain file. */
function loader(): Plugin {
  return {
    name: 'widget-loader',
    apply: 'build',
    async closeBundle() {
      await build({
        configFile: false,
        plugins: [compileLocales()],
        logLevel: 'warn',
        publicDir: false,
        build: {
          outDir,
          emptyOutDir: false,
          target,
          lib: {
            entry: here('./loader.ts'),
            formats: ['iife'],
            name: 'wellchinaChat',
            fileName: () => 'widget.js',
          },
        },
      });
    },
  };
}

/**
 * The second build, after Remix's: React's source names, Preact's code. Fixed names: the assets are served with an
 * ETag and asked for again each time, so a cached loader never meets a panel of another release.
 */
export default defineConfig({
  root: here('.'),
  publicDir: false,
  plugins: [compileLocales(), loader()],
  resolve: {
    alias: [
      { find: 'react-dom/client', replacement: 'preact/compat/client' },
      { find: 'react/jsx-runtime', replacement: 'preact/jsx-runtime' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
    ],
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir,
    emptyOutDir: false,
    target,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { panel: here('./panel.tsx') },
      output: {
        entryFileNames: 'widget/[name].js',
        chunkFileNames: chunkName,
        assetFileNames: 'widget/[name][extname]',
      },
    },
  },
});

/** Builds the pages into `dist/web`: hashed names, and beside each text file its gzip and brotli form. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  publicDir: 'src/web/public',
  plugins: [react(), withoutCycles(), precompressed()],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // data: URLs for fonts would need an exception in the content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // what several pages share is a few files and not twenty; the table only comes with the pages that hold one
          groups: [
            // the text editor is large, and is only fetched when a file is opened as text
            {
              name: 'editor',
              test: /@codemirror|@lezer|style-mod|crelt|w3c-keyname|find-cluster-break|config\/web\/(?:code|merge)-editor|editor-(?:changes|findings|theme)|ini-language/,
              includeDependenciesRecursively: false,
            },
            {
              name: 'table',
              test: /react-virtual|virtual-core|data-table/,
              includeDependenciesRecursively: false,
            },
            { name: partOf, minShareCount: 2, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8000' },
  },
});

interface Modules {
  getModuleInfo: (id: string) => { importers: readonly string[] } | null;
}

/**
 * The file of a module that several pages share: what the start itself needs, what the overview needs besides, and the
 * rest, which is loaded when a page asks for it. Each holds all it imports or finds it in those before.
 */
function partOf(id: string, modules: Modules): string {
  const users = usersOf(id, modules);
  if (users.has('main.tsx')) return 'kit';
  return users.has('overview.tsx') ? 'figures' : 'lists';
}

/** Names of the files of `src/web/` that import it, by however many steps. */
function usersOf(id: string, modules: Modules): Set<string> {
  const seen = new Set([id]);
  for (const each of seen) {
    for (const importer of modules.getModuleInfo(each)?.importers ?? []) seen.add(importer);
  }
  return new Set([...seen].filter((each) => each.includes('/src/web/')).map((each) => basename(each)));
}

/** Files that load one another break at their first line, and only in what is shipped: no build then. */
function withoutCycles(): Plugin {
  return {
    name: 'bangui-without-cycles',
    apply: 'build',
    generateBundle(_, bundle) {
      const importsOf = (file: string): readonly string[] => {
        const part = bundle[file];
        return part?.type === 'chunk' ? part.imports : [];
      };
      const visit = (file: string, path: readonly string[]): void => {
        if (path.includes(file)) this.error(`files load one another: ${[...path, file].join(' → ')}`);
        for (const next of importsOf(file)) visit(next, [...path, file]);
      };
      for (const file of Object.keys(bundle)) visit(file, []);
    },
  };
}

/** Compressed once at build time, so that the server only ever sends files. */
function precompressed(): Plugin {
  let folder = '';
  return {
    name: 'bangui-precompressed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    async closeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const texts = entries.filter(
        (entry) => entry.isFile() && /\.(?:html|js|css|svg|json)$/.test(entry.name),
      );
      await Promise.all(texts.map((entry) => compressFile(join(entry.parentPath, entry.name))));
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  const [small, smaller] = await Promise.all([
    promisify(gzip)(content, { level: 9 }),
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ]);
  await Promise.all([writeFile(`${path}.gz`, small), writeFile(`${path}.br`, smaller)]);
}

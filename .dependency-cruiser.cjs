/** The floor plan of Docs/architecture.md as rules. Each is one pattern: a new feature needs no line here. */

const test = '[.](test|spec)[.]tsx?$';
/** What stands beside app and its parts, main, cli and its commands: the table of settings and what it is made of. */
const settings = '^src/(?!(app|open-[^.]+|main|cli|backup|doctor)[.]ts$)[^/]+$';
/** A feature with many endpoints has several: `contract.ts`, and `<noun>-contract.ts` beside it. */
const contract = '[a-z-]*contract[.]ts$';
const browser = '^src/(ui|web)/|^src/features/[^/]+/web/';

/** A floor and what it may see of `src/`; everything else there is forbidden. `$1` is the feature's own name. */
const floor = (name, from, mayImport) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: test },
  to: { path: '^src/', pathNot: mayImport },
});

module.exports = {
  forbidden: [
    floor('base-sees-only-base', '^src/base/', '^src/base/'),
    floor('host-sees-only-base', '^src/host/', '^src/(host|base)/'),
    floor('platform-sees-only-base', '^src/platform/', '^src/(platform|base)/'),
    floor(
      'feature-sees-host-platform-base-and-itself',
      '^src/features/([^/]+)/(?!web/)',
      '^src/(host|platform|base)/|^src/features/$1/(?!web/)',
    ),
    floor(
      'contract-sees-only-base',
      `^src/features/([^/]+)/${contract}`,
      `^src/base/|^src/features/$1/${contract}`,
    ),
    floor('ui-sees-only-base', '^src/ui/', '^src/(ui|base)/'),
    floor(
      'feature-pages-see-ui-base-and-their-contract',
      '^src/features/([^/]+)/web/',
      `^src/(ui|base)/|^src/features/$1/(web/|${contract})`,
    ),
    floor('web-sees-feature-pages-ui-and-base', '^src/web/', '^src/(web|ui|base)/|^src/features/[^/]+/web/'),
    floor('settings-see-only-base', settings, ['^src/base/', settings]),
    {
      name: 'server-never-sees-pages',
      severity: 'error',
      from: { path: '^src/', pathNot: [browser, test] },
      to: { path: browser },
    },
    {
      name: 'pages-take-contracts-as-types',
      comment: 'as a value a contract brings the schema library to the browser',
      severity: 'error',
      from: { path: browser, pathNot: test },
      to: { path: `/${contract}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'app-is-seen-by-main-and-cli-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|cli)[.]ts$', test] },
      to: { path: '^src/app[.]ts$' },
    },
    {
      name: 'nobody-sees-main',
      severity: 'error',
      from: {},
      to: { path: '^src/main[.]ts$' },
    },
    {
      name: 'browser-never-sees-node',
      comment: 'base and contracts are loaded by the browser too',
      severity: 'error',
      from: { path: [browser, '^src/base/', `^src/features/[^/]+/${contract}`], pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'source-never-sees-its-surroundings',
      comment: 'tests, benchmarks and set-up are not part of the product',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: ['^(test|bench|runtime)/', test] },
    },
    {
      name: 'server-needs-no-development-package',
      comment: 'images install without them',
      severity: 'error',
      from: { path: '^src/', pathNot: [browser, test] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'traces-are-loaded-on-demand',
      comment: 'most installations send none, and the packages are large',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/tracing([.]ts$|/)', test] },
      to: {
        path: '^src/platform/tracing([.]ts$|/)|node_modules/@opentelemetry/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: a floor that only borrows a type still knows the other floor.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

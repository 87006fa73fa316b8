const tests = '\\.test\\.ts$|^server/test/|^simulator/test/|^bench/|^chaos/';
const domains = 'notifications|tokens|settings|planning|delivery|receipts|monitoring|performance|security|operations';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or lack a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-imports-the-doors',
      severity: 'error',
      comment: 'HTTP and the command line stand outside; the house does not know of them.',
      from: { pathNot: `^server/src/(http|cli)/|${tests}` },
      to: { path: '^server/src/(http|cli)/' },
    },
    {
      name: 'http-does-not-import-cli',
      severity: 'error',
      from: { path: '^server/src/http/', pathNot: tests },
      to: { path: '^server/src/cli/' },
    },
    {
      name: 'nothing-imports-the-composition-root',
      severity: 'error',
      comment: 'Only the doors put the system together.',
      from: { pathNot: `^server/src/(http|cli|system)|${tests}` },
      to: { path: '^server/src/system' },
    },
    {
      name: 'domains-do-not-import-workers',
      severity: 'error',
      comment: 'Workers drive the domains.',
      from: { path: `^server/src/(${domains}|queue|providers|database)/`, pathNot: tests },
      to: { path: '^server/src/workers/' },
    },
    {
      name: 'database-knows-no-domain',
      severity: 'error',
      from: { path: '^server/src/database/', pathNot: tests },
      to: { path: '^server/src/', pathNot: '^server/src/(database|config|logging|clock|errors|failpoints)/' },
    },
    {
      name: 'providers-know-no-domain',
      severity: 'error',
      from: { path: '^server/src/providers/', pathNot: tests },
      to: { path: `^server/src/(${domains}|queue|database)/` },
    },
    {
      name: 'leaves-import-nothing-above',
      severity: 'error',
      from: { path: '^server/src/(logging|clock|errors|failpoints)/', pathNot: tests },
      to: { path: '^server/src/', pathNot: '^server/src/(logging|clock|errors|failpoints)/' },
    },
    {
      name: 'simulator-does-not-know-the-server',
      severity: 'error',
      comment: 'It stands in for somebody else, so it must not share our mistakes.',
      from: { path: '^simulator/' },
      to: { path: '^server/' },
    },
    {
      name: 'the-chaos-checker-does-not-know-the-product',
      severity: 'error',
      comment: 'It judges the product, so it must not share its mistakes. Its tests may use the test database.',
      from: { path: '^chaos/src/check/', pathNot: '\\.test\\.ts$|^chaos/src/check/support/' },
      to: { path: '^server/|^simulator/' },
    },
    {
      name: 'production-does-not-import-tests',
      severity: 'error',
      from: { path: '^(server|simulator)/src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'production-does-not-import-dev-dependencies',
      severity: 'error',
      from: { path: '^(server|simulator)/src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'edge-functions-stand-alone',
      severity: 'error',
      comment: 'They are deployed without the rest of the repository, to another runtime.',
      from: { path: '^supabase/functions/' },
      to: { pathNot: '^supabase/functions/' },
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules|/dist' },
    exclude: { path: '/dist(-failpoints)?/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};

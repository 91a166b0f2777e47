/** Which room may import which: ARCHITECTURE.md in a form that fails. */
const room = (path) => `^src/main/${path}`

/** A room and everything it may reach inside src/; `shared` is open to all. */
const may = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: ['^src/shared/', from, ...allowed] },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphan-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^electron$', '^@tensorflow/tfjs-node'] },
    },
    may('shared-imports-nothing', '^src/shared/', []),
    {
      name: 'shared-runs-anywhere',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: ['node_modules/zod/', 'node_modules/@orpc/contract/'] },
    },
    {
      name: 'the-contract-is-in-one-folder',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: '^src/shared/contract/' },
      to: { path: 'node_modules/@orpc/' },
    },
    may('engine-imports-itself', room('engine/'), []),
    {
      name: 'engine-is-bare',
      severity: 'error',
      from: { path: room('engine/') },
      to: { path: 'node_modules/(electron|better-sqlite3|zod|commander|@orpc)/' },
    },
    {
      name: 'tfjs-through-one-door',
      severity: 'error',
      from: { path: '^src/', pathNot: room('engine/(backend|compile)/') },
      to: { path: 'node_modules/@tensorflow/' },
    },
    may('store-knows-nobody', room('store/'), []),
    {
      name: 'sqlite-in-the-store-only',
      severity: 'error',
      from: { path: '^src/', pathNot: room('store/') },
      to: { path: 'node_modules/better-sqlite3/' },
    },
    // It looks at models and datasets: headers of weights, tokens of texts, verdicts on answers. It opens no tensor.
    may('library', room('library/'), [
      room('store/'),
      room('paths'),
      room('engine/(checkpoint|tokenizer|verifier)/'),
      room('engine/model/(config|weights|adapter-shapes)'),
      room('engine/gpo/segment'),
    ]),
    may('runs', room('runs/'), [
      room('store/'),
      room('library/'),
      room('trainer/(client|protocol|fork|job-client|jobs/(job|results))'),
      room('paths'),
      room('engine/checkpoint/'),
    ]),
    may('export', room('export/'), [
      room('store/'),
      room('paths'),
      room('runs/hub'),
      room('trainer/(job-client|fork|jobs/(job|results))'),
      room('engine/(checkpoint|model/(config|weights|adapter-shapes|rope-frequencies))'),
    ]),
    may('api', room('api/'), [
      room('(host|store|library|runs|export)/'),
      room('paths'),
      room('trainer/(job-client|fork|jobs/(job|results))'),
      room('engine/(tokenizer|verifier|checkpoint)/'),
    ]),
    may('host', room('host/'), [
      room('(api|store|library|runs|export)/'),
      room('paths'),
      room('trainer/(client|fork|generators)'),
    ]),
    {
      name: 'electron-in-the-window-only',
      severity: 'error',
      from: { path: '^src/', pathNot: [room('window/'), room('index'), '^src/preload/'] },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    may('window', room('window/'), [room('engine/checkpoint/atomic'), room('(api|host|runs)/'), room('trainer/fork')]),
    may('preload', '^src/preload/', []),
    may('renderer-knows-the-contract-only', '^src/renderer/', []),
    {
      name: 'components-call-no-api',
      severity: 'error',
      from: { path: '^src/renderer/src/components/' },
      to: { path: ['^src/renderer/src/(features|app)/', 'node_modules/@(orpc|tanstack/react-query)/'] },
    },
    {
      name: 'features-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/renderer/src/features/([^/]+)/' },
      to: { path: '^src/renderer/src/features/', pathNot: '^src/renderer/src/features/$1/' },
    },
    {
      name: 'the-window-is-no-node',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    may('trainer', room('trainer/'), [room('engine/'), room('export/')]),
    {
      name: 'only-the-trainer-computes',
      severity: 'error',
      from: { path: room('(api|host|window|cli|runs|library|store|paths|headless|index)') },
      to: {
        path: room('engine/'),
        // A model's config and the headers of its weights are text that is read, steps are cut from text; nothing is computed with tensors.
        pathNot: [
          room('engine/(checkpoint|verifier|tokenizer)/'),
          room('engine/model/(config|weights|adapter-shapes)'),
          room('engine/gpo/segment'),
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'not-to-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^(tests|bench|scripts)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.css', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
}

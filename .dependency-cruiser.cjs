/** Which room may import which: ARCHITECTURE.md in a form that fails. */
const room = (path) => `^src/main/${path}`

/** A room and everything it may reach inside src/; `shared` is open to all. */
const may = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: ['^src/shared/', from, ...allowed] },
})

/** A room of the engine: what it may reach are other rooms of the engine and, named with their folder, the rooms below it. */
const engine = (name, allowed, below = []) =>
  may(`engine-${name}`, room(`engine/${name}/`), [...allowed.map((other) => `engine/${other}/`), ...below].map(room))

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-cycles', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
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

    // What main and the trainer both read: files of numbers, and text.
    may('formats', room('formats/'), []),
    may('text', room('text/'), [
      room('formats/config-json'),
      room('formats/chat-templates'),
      room('formats/gguf/'),
      room('formats/safetensors-header'),
    ]),

    // The engine, from its floor to its roof.
    engine('tensor', []),
    engine('core', ['tensor'], ['formats/dtypes']),
    engine('compile', ['tensor']),
    engine('model', ['tensor', 'core'], ['formats/']),
    engine('rollout', ['tensor', 'core', 'model'], ['formats/model-config']),
    engine('gpo', ['tensor', 'core', 'rollout'], ['text/segment']),
    engine('objectives', ['tensor', 'core']),
    engine('optim', ['tensor', 'core']),
    engine('policy', ['tensor', 'core', 'model', 'objectives', 'optim'], ['formats/']),
    engine('recipes', ['tensor', 'core', 'model', 'rollout', 'gpo', 'objectives', 'optim', 'policy'], ['text/segment']),
    engine('devices', ['tensor', 'core', 'compile', 'model'], ['formats/']),
    {
      name: 'engine-is-bare',
      severity: 'error',
      from: { path: room('(engine|formats)/') },
      to: { path: 'node_modules/(electron|better-sqlite3|zod|commander|@orpc)/' },
    },
    {
      name: 'tfjs-through-one-door',
      severity: 'error',
      from: { path: '^src/', pathNot: room('engine/(tensor|compile|devices)/') },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'only-the-trainer-computes',
      severity: 'error',
      from: { path: '^src/', pathNot: room('(engine|trainer)/') },
      to: { path: room('engine/') },
    },

    may('store', room('store/'), [room('paths/'), room('formats/regular-file')]),
    {
      name: 'sqlite-in-the-store-only',
      severity: 'error',
      from: { path: '^src/', pathNot: room('store/') },
      to: { path: 'node_modules/better-sqlite3/' },
    },
    may('paths', room('paths/'), []),
    may('library', room('library/'), [
      room('(store|paths|formats|text)/'),
      room('workers/(fork|parent-port|watchdog|one-task)'),
    ]),
    may('workers', room('workers/'), [room('paths/')]),
    may('engines', room('engines/'), []),
    may('serve-engine', room('serve-engine/'), [
      room('host/listen'),
      room('engines/routing'),
      room('formats/(regular-file|gguf/header)'),
    ]),
    may('servers', room('servers/'), [room('paths/'), room('formats/atomic')]),
    may('runs', room('runs/'), [room('(store|library|servers|workers|paths|formats)/')]),
    may('export', room('export/'), [
      room('(store|paths|runs/hub|workers|formats)/'),
      room('text/tokenizer/(files|vocabulary)'),
    ]),
    may('studies', room('studies/'), [
      room('(store|library|runs|workers|paths)/'),
      room('export/(bundle-archive|checksums|open-bundle|export-file)'),
    ]),
    may('evaluations', room('evaluations/'), [room('(store|workers)/'), room('runs/process')]),
    may('api', room('api/'), [
      room('(store|library|runs|servers|studies|evaluations|export|workers|paths|formats|text)/'),
      room('engines/open'),
    ]),
    may('host', room('host/'), [room('(api|store|library|runs|studies|evaluations|export|workers|paths)/')]),
    {
      name: 'electron-in-the-window-only',
      severity: 'error',
      from: { path: '^src/', pathNot: [room('window/'), room('dev/window'), '^src/preload/'] },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    may('window', room('window/'), [
      room('(api|host|runs|workers)/'),
      room('formats/atomic'),
      room('library/datasets/read/decoder'),
    ]),
    may('cli', room('cli/'), [
      room('(host|api|store|library|runs|servers|serve-engine|studies|evaluations|export|workers|paths|formats|text)/'),
    ]),
    // What only `npm run dev` builds: the built program has none of it.
    may('dev', room('dev/'), [room('(host|window|runs)/'), room('cli/(serve|output|workers)')]),
    {
      name: 'dev-is-not-in-the-program',
      severity: 'error',
      from: { path: '^src/', pathNot: room('dev/') },
      to: { path: room('dev/') },
    },
    may('preload', '^src/preload/', []),
    may('renderer-knows-the-contract-only', '^src/renderer/', []),
    {
      name: 'components-call-no-api',
      severity: 'error',
      from: { path: '^src/renderer/src/components/' },
      to: { path: ['^src/renderer/src/(features|app)/', 'node_modules/@(orpc|tanstack/react-query)/'] },
    },
    may('charts-draw-what-they-are-given', '^src/renderer/src/charts/', ['^src/renderer/src/lib/format']),
    {
      name: 'charts-call-no-api',
      severity: 'error',
      from: { path: '^src/renderer/src/charts/' },
      to: { path: 'node_modules/@(orpc|tanstack/react-query)/' },
    },
    {
      name: 'curves-are-drawn-in-charts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/renderer/src/charts/' },
      to: { path: 'node_modules/uplot/' },
    },
    {
      name: 'lib-knows-no-page',
      severity: 'error',
      from: { path: '^src/renderer/src/lib/' },
      to: { path: '^src/renderer/src/(app|features|components|charts)/' },
    },
    {
      name: 'actions-know-no-page',
      severity: 'error',
      from: { path: '^src/renderer/src/actions/' },
      to: { path: '^src/renderer/src/(features|app)/' },
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
    may('trainer', room('trainer/'), [
      room('(engine|engines|formats|text|workers)/'),
      room('export/(adapter|safetensors|gguf/(adapter|export))'),
    ]),
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

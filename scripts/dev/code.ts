/** Builds main and its workers again whenever a source changes, and says which of the entries are different now. */
import { createHash } from 'node:crypto'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'

type Entries = Readonly<Record<string, string>>
type Bundle = Rolldown.OutputBundle

/** Of an entry's code and of all that it imports, now or later. */
function digestOf(entry: string, bundle: Bundle): string {
  const hash = createHash('sha256')
  const seen = new Set<string>()
  const add = (file: string) => {
    const chunk = bundle[file]
    if (seen.has(file) || chunk?.type !== 'chunk') return
    seen.add(file)
    hash.update(chunk.code)
    for (const imported of [...chunk.imports, ...chunk.dynamicImports]) add(imported)
  }
  add(entry)
  return hash.digest('hex')
}

/** Calls back after every build with the names of the entries whose code is new. */
function tellChanges(entries: Entries, onBuilt: (changed: readonly string[]) => void): Plugin {
  const digests = new Map<string, string>()
  return {
    name: 'tell-changes',
    writeBundle(_options, bundle) {
      const changed = Object.keys(entries).filter((name) => {
        const digest = digestOf(`${name}.cjs`, bundle)
        const isNew = digests.get(name) !== digest
        digests.set(name, digest)
        return isNew
      })
      onBuilt(changed)
    },
  }
}

const isWatcher = (built: object): built is Rolldown.RolldownWatcher => 'close' in built

/**
 * @param config of main or preload, as electron-vite has completed it
 * @param onBuilt called after the first build too, with all entries
 */
export async function watchCode(config: InlineConfig, entries: Entries, onBuilt: (changed: readonly string[]) => void) {
  const { build: options = {}, plugins = [] } = config
  const watcher = await build({
    ...config,
    logLevel: 'warn',
    plugins: [...plugins, tellChanges(entries, onBuilt)],
    build: {
      ...options,
      watch: {},
      emptyOutDir: false, // what runs may still load chunks of the build before
      rolldownOptions: { ...options.rolldownOptions, input: entries },
    },
  })
  if (!isWatcher(watcher)) throw new Error('Vite did not watch the sources')
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') process.stderr.write(`dev: the code cannot be built: ${event.error.message}\n`)
  })
  return watcher
}

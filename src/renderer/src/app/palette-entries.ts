/** What the palette finds: pages, actions, settings, experiments and runs, by the words that people use for them. */
import type { LiveState } from '@shared/contract/runs'
import type { StudySummary } from '@shared/contract/studies'
import type { Settings } from '@shared/contract/system'
import { DESCRIBED_LEAVES, fullLabel } from '@shared/plan/fields'
import type { RunListItem } from '@shared/schemas/run'
import type { Icon } from '@tabler/icons-react'
import { PAGES } from './pages'

export const GROUPS = ['Pages', 'Actions', 'Settings', 'Experiments', 'Runs'] as const

export interface Entry {
  readonly id: string
  readonly group: (typeof GROUPS)[number]
  readonly label: string
  readonly description?: string
  readonly keywords?: string
  readonly icon?: Icon
  readonly act: () => void
}

/** What entries can do. */
export interface Commands {
  readonly go: (path: string) => void
  readonly changeSettings: (change: Partial<Settings>) => void
  readonly pause: (run: string) => void
  /** Of a paused run, and of one that has ended early. */
  readonly resume: (run: string) => void
  readonly stop: (run: string) => void
  readonly checkpoint: (run: string) => void
  readonly evaluate: (run: string) => void
}

interface Known {
  readonly runs: readonly RunListItem[]
  readonly studies: readonly StudySummary[]
  readonly live: LiveState
}

const MOST_RUNS = 500

type Action = Omit<Entry, 'group'>

const THEMES: readonly { readonly theme: Settings['theme']; readonly label: string; readonly keywords: string }[] = [
  { theme: 'dark', label: 'Dark theme', keywords: 'night black colours appearance mode' },
  { theme: 'light', label: 'Light theme', keywords: 'day white colours appearance mode' },
  { theme: 'auto', label: 'Theme of the system', keywords: 'colours appearance mode dark light automatic' },
]

function actionsOnActive({ active }: LiveState, commands: Commands): Action[] {
  if (!active || active.state === 'stopping' || active.state === 'dropping') return []
  const { id, name, state } = active
  const about = (what: string, label: string, keywords: string, act: () => void): Action => ({
    ...{ id: `${what} ${id}`, label, description: name, keywords, act },
  })
  return [
    state === 'paused'
      ? about('resume', 'Resume the run', 'continue go on unpause', () => commands.resume(id))
      : about('pause', 'Pause the run', 'wait hold', () => commands.pause(id)),
    about('stop', 'Stop the run after this iteration', 'end cancel abort kill', () => commands.stop(id)),
    about('checkpoint', 'Save a checkpoint now', 'write weights keep', () => commands.checkpoint(id)),
    ...(active.isEvaluated
      ? [about('evaluate', 'Evaluate now', 'accuracy test held out measure', () => commands.evaluate(id))]
      : []),
  ]
}

/** The newest run that can go on. */
function actionsOnEnded(runs: readonly RunListItem[], commands: Commands): Action[] {
  const last = runs.find(
    ({ status, isReadOnly }) => !isReadOnly && ['stopped', 'interrupted', 'failed'].includes(status),
  )
  if (!last) return []
  const act = () => {
    commands.resume(last.id)
    commands.go(`/runs/${last.id}`)
  }
  return [
    {
      ...{ id: `resume ${last.id}`, label: `Resume ${last.name}`, description: `it is ${last.status}`, act },
      keywords: 'continue go on restart',
    },
  ]
}

function actions({ runs, live }: Known, commands: Commands): Entry[] {
  const to = (path: string) => () => commands.go(path)
  const newest = runs[0]
  const all: readonly Action[] = [
    ...actionsOnActive(live, commands),
    ...actionsOnEnded(runs, commands),
    {
      id: 'tour',
      label: 'Tour in three steps',
      keywords: 'introduction what is how help begin',
      act: to('/help/tour'),
    },
    { id: 'example', label: 'Train the example', keywords: 'demo try first start', act: to('/new?preset=demo') },
    {
      id: 'experiment',
      label: 'New experiment',
      keywords: 'study sweep compare arms seeds',
      act: to('/experiments/new'),
    },
    ...(newest
      ? [
          {
            ...{ id: 'export newest', label: `Export ${newest.name}`, description: 'the newest run' },
            ...{ keywords: 'save checkpoint safetensors gguf adapter', act: to(`/export/${newest.id}`) },
          },
          {
            ...{ id: 'clone newest', label: `Clone ${newest.name}`, description: 'the newest run, as a new plan' },
            ...{ keywords: 'copy repeat again duplicate', act: to(`/new?from=${newest.id}`) },
          },
        ]
      : []),
    {
      id: 'hub models',
      label: 'Download a model from the Hub',
      keywords: 'hugging face fetch',
      act: to('/hub/models'),
    },
    {
      id: 'hub datasets',
      label: 'Download a dataset from the Hub',
      keywords: 'hugging face fetch',
      act: to('/hub/datasets'),
    },
    ...THEMES.map(({ theme, ...words }) => ({
      id: `theme ${theme}`,
      ...words,
      act: () => commands.changeSettings({ theme }),
    })),
  ]
  return all.map((action) => ({ ...action, group: 'Actions' }))
}

const settings = ({ go }: Commands): Entry[] =>
  DESCRIBED_LEAVES.map((setting) => ({
    id: setting.leaf.id,
    group: 'Settings',
    label: fullLabel(setting),
    description: `${setting.path}: a setting of a new run`,
    keywords: [setting.symbol ?? '', ...setting.aliases, setting.what].join(' '),
    act: () => go(`/new?setting=${encodeURIComponent(setting.leaf.id)}`),
  }))

export function paletteEntries(known: Known, commands: Commands): Entry[] {
  const { go } = commands
  return [
    ...PAGES.map(({ path, ...page }): Entry => ({ ...page, id: path, group: 'Pages', act: () => go(path) })),
    ...actions(known, commands),
    ...settings(commands),
    ...known.studies.map(
      ({ id, name, state, question }): Entry => ({
        ...{ id: `study ${id}`, group: 'Experiments', label: name, description: `experiment, ${state}` },
        keywords: question ?? '',
        act: () => go(`/experiments/${id}`),
      }),
    ),
    ...known.runs.slice(0, MOST_RUNS).flatMap(({ id, name, status }): Entry[] => [
      {
        ...{ id: `run ${id}`, group: 'Runs', label: name, description: `run ${id}, ${status}` },
        act: () => go(`/runs/${id}`),
      },
      {
        ...{ id: `explore ${id}`, group: 'Runs', label: `Explore ${name}`, description: `critical steps of run ${id}` },
        act: () => go(`/explorer/${id}`),
      },
    ]),
  ]
}

const LIMIT = 14
const PER_GROUP = 6

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_.-]+/g, ' ')

/** 0: no; the more of the words are in the name, and the earlier, the higher. */
function score({ label, description = '', keywords = '' }: Entry, wanted: string): number {
  const [name, rest] = [plain(label), plain(`${description} ${keywords}`)]
  if (name === wanted) return 5
  if (name.startsWith(wanted)) return 4
  if (name.includes(wanted)) return 3
  const words = wanted.split(' ')
  if (words.every((word) => name.includes(word))) return 2
  return words.every((word) => name.includes(word) || rest.includes(word)) ? 1 : 0
}

/** The best matches, in the order of the groups; without a text, the pages and actions. */
export function matching(entries: readonly Entry[], query: string): Entry[] {
  const wanted = plain(query.trim())
  if (wanted === '') return entries.filter(({ group }) => group === 'Pages' || group === 'Actions').slice(0, LIMIT)
  const scored = entries
    .map((entry) => ({ entry, value: score(entry, wanted) }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
  const counts = new Map<string, number>()
  const found = scored
    .filter(({ entry: { group } }) => {
      const count = (counts.get(group) ?? 0) + 1
      counts.set(group, count)
      return count <= PER_GROUP
    })
    .slice(0, LIMIT)
    .map(({ entry }) => entry)
  // The group with the best match comes first.
  const groups = [...new Set(found.map(({ group }) => group))]
  return groups.flatMap((name) => found.filter(({ group }) => group === name))
}

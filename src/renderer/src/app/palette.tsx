import { createSpotlight, Spotlight, useSpotlight } from '@mantine/spotlight'
import { queries } from '@renderer/lib/api'
import { type Icon, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { PAGES } from './pages'

const [store, opener] = createSpotlight()
export const palette = opener

const GROUPS = ['Pages', 'Experiments', 'Runs'] as const

interface Entry {
  readonly path: string
  readonly group: (typeof GROUPS)[number]
  readonly label: string
  readonly description?: string
  readonly keywords?: string
  readonly icon?: Icon
}

const LIMIT = 12
const LIST = 'palette-list'
const optionId = (index: number) => `palette-${index}`
/** Mantine's list scrolls in an inner element, which must have the role of the list. */
const SCROLLER = { viewportProps: { id: LIST, role: 'listbox', 'aria-label': 'Pages, experiments and runs' } }

/** Names first, then what is found in descriptions and keywords; in the order of the groups. */
function matching(entries: readonly Entry[], query: string): Entry[] {
  const wanted = query.trim().toLowerCase()
  const has = (text = '') => text.toLowerCase().includes(wanted)
  const named = entries.filter(({ label }) => has(label))
  const about = entries.filter((one) => !has(one.label) && (has(one.description) || has(one.keywords)))
  const found = [...named, ...about].slice(0, LIMIT)
  return GROUPS.flatMap((name) => found.filter(({ group }) => group === name))
}

/** Every page, experiment and run, found by typing. The field keeps the focus and names the entry that the arrow keys have reached. */
export function Palette() {
  const [, go] = useLocation()
  const [query, setQuery] = useState('')
  const { selected } = useSpotlight(store)
  const { data: runs = [] } = useQuery(queries.runs.list.queryOptions({}))
  const { data: studies = [] } = useQuery(queries.studies.list.queryOptions({}))
  const entries = [
    ...PAGES.map((page): Entry => ({ ...page, group: 'Pages' })),
    ...studies.map(
      ({ id, name, state, question }): Entry => ({
        path: `/experiments/${id}`,
        group: 'Experiments',
        label: name,
        description: `experiment, ${state}`,
        keywords: question ?? '',
      }),
    ),
    ...runs.slice(0, 500).flatMap(({ id, name, status }): Entry[] => [
      { path: `/runs/${id}`, group: 'Runs', label: name, description: `run ${id}, ${status}` },
      {
        path: `/explorer/${id}`,
        group: 'Runs',
        label: `Explore ${name}`,
        description: `critical steps of run ${id}`,
      },
    ]),
  ]
  const found = matching(entries, query)
  const groups = GROUPS.filter((name) => found.some(({ group }) => group === name))
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      title="Find a page, an experiment or a run"
      classNames={{ header: 'palette-header', actionsGroup: 'palette-group', action: 'palette-action' }}
    >
      <Spotlight.Search
        leftSection={<IconSearch size={16} />}
        placeholder="Page, experiment, run…"
        aria-label="Find a page, an experiment or a run"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={LIST}
        aria-autocomplete="list"
        aria-activedescendant={selected >= 0 && selected < found.length ? optionId(selected) : undefined}
      />
      {found.length === 0 && <Spotlight.Empty>No page, experiment or run matches</Spotlight.Empty>}
      {found.length > 0 && (
        <Spotlight.ActionsList {...SCROLLER}>
          {groups.map((name) => (
            <Spotlight.ActionsGroup key={name} label={name} role="group" aria-label={name}>
              {found.map((entry, index) => {
                const { path, group, label, description, icon: PageIcon } = entry
                if (group !== name) return null
                return (
                  <Spotlight.Action
                    key={path}
                    ref={(option) => {
                      if (option) option.id = optionId(index) // Spotlight.Action ignores an id given as a property
                    }}
                    role="option"
                    aria-selected={index === selected}
                    label={label}
                    description={description}
                    leftSection={PageIcon && <PageIcon size={17} stroke={1.6} />}
                    onClick={() => go(path)}
                  />
                )
              })}
            </Spotlight.ActionsGroup>
          ))}
        </Spotlight.ActionsList>
      )}
    </Spotlight.Root>
  )
}

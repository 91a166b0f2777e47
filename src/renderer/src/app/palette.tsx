import { createSpotlight, Spotlight, useSpotlight } from '@mantine/spotlight'
import { queries } from '@renderer/lib/api'
import { useLive } from '@renderer/lib/live'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { matching, paletteEntries } from './palette-entries'
import { useCommands } from './use-commands'

const [store, opener] = createSpotlight()
export const palette = opener

const LIST = 'palette-list'
const optionId = (index: number) => `palette-${index}`
/** Mantine's list scrolls in an inner element, which must have the role of the list. */
const SCROLLER = {
  viewportProps: { id: LIST, role: 'listbox', 'aria-label': 'Pages, actions, settings, experiments and runs' },
}

/** Everything, found by typing. The field keeps the focus and names the entry that the arrow keys have reached. */
export function Palette() {
  const [query, setQuery] = useState('')
  const { selected } = useSpotlight(store)
  const { data: runs = [] } = useQuery(queries.runs.list.queryOptions({}))
  const { data: studies = [] } = useQuery(queries.studies.list.queryOptions({}))
  const live = useLive()
  const commands = useCommands()
  const found = matching(paletteEntries({ runs, studies, live }, commands), query)
  const groups = [...new Set(found.map(({ group }) => group))]
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      title="Find a page, an action, a setting or a run"
      classNames={{ header: 'palette-header', actionsGroup: 'palette-group', action: 'palette-action' }}
    >
      <Spotlight.Search
        leftSection={<IconSearch size={16} />}
        placeholder="Page, action, setting, run…"
        aria-label="Find a page, an action, a setting or a run"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={LIST}
        aria-autocomplete="list"
        aria-activedescendant={selected >= 0 && selected < found.length ? optionId(selected) : undefined}
      />
      {found.length === 0 && <Spotlight.Empty>Nothing matches</Spotlight.Empty>}
      {found.length > 0 && (
        <Spotlight.ActionsList {...SCROLLER}>
          {groups.map((name) => (
            <Spotlight.ActionsGroup key={name} label={name} role="group" aria-label={name}>
              {found.map((entry, index) => {
                const { id, group, label, description, icon: PageIcon, act } = entry
                if (group !== name) return null
                return (
                  <Spotlight.Action
                    key={id}
                    ref={(option) => {
                      if (option) option.id = optionId(index) // Spotlight.Action ignores an id given as a property
                    }}
                    role="option"
                    aria-selected={index === selected}
                    label={label}
                    description={description}
                    leftSection={PageIcon && <PageIcon size={17} stroke={1.6} />}
                    onClick={act}
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

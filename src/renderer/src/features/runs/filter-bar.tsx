import { Button, Checkbox, Group, Menu, Text, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { Toolbar } from '@renderer/components/toolbar'
import { formatCount } from '@renderer/lib/format'
import type { RunListItem } from '@shared/schemas/run'
import { IconChevronDown, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { FACET_NAMES, type Facet, facetOptions, isFiltered, NO_FILTER, type RunFilter } from './table-model'

const LABELS: Readonly<Record<Facet, string>> = {
  status: 'Status',
  objective: 'Objective',
  gpo: 'GPO',
  model: 'Model',
  data: 'Data',
  tag: 'Tag',
  experiment: 'Experiment',
}

const NOTHING: Readonly<Partial<Record<Facet, string>>> = {
  tag: 'No run has a tag yet.',
  experiment: 'No run is part of an experiment yet.',
}

interface FilterBarProps {
  readonly runs: readonly RunListItem[]
  readonly filter: RunFilter
  readonly onChange: (filter: RunFilter) => void
  readonly children: ReactNode
}

/** The filters of the table: a search text, one menu per field, and a switch for archived runs. */
export function FilterBar({ runs, filter, onChange, children }: FilterBarProps) {
  const search = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => search.current?.focus()]])
  return (
    <Group gap={6} mb="sm" role="search" aria-label="Filter the runs">
      <TextInput
        ref={search}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        onKeyDown={(event) => event.key === 'Escape' && onChange({ ...filter, text: '' })}
        leftSection={<IconSearch size={14} />}
        placeholder="Name, tag, note…  ( / )"
        aria-label="Search runs by name, id, tag, note, method, model or data"
        style={{ flex: '1 1 160px', maxWidth: 320, minWidth: 160 }}
      />
      <Toolbar label="Filters">
        {FACET_NAMES.map((facet) => (
          <FacetMenu key={facet} {...{ runs, filter, onChange, facet }} />
        ))}
        <Checkbox
          ml={4}
          label="Archived"
          checked={filter.withArchived}
          onChange={(event) => onChange({ ...filter, withArchived: event.currentTarget.checked })}
          aria-label="Show archived runs too"
        />
        {isFiltered(filter) && (
          <Button
            variant="subtle"
            px="sm"
            style={{ flexShrink: 0 }}
            onClick={() => onChange({ ...NO_FILTER, withArchived: filter.withArchived })}
          >
            Clear
          </Button>
        )}
      </Toolbar>
      <Group gap={6} ml="auto" wrap="nowrap" style={{ flexShrink: 0 }}>
        {children}
      </Group>
    </Group>
  )
}

type FacetMenuProps = Omit<FilterBarProps, 'children'> & { readonly facet: Facet }

function FacetMenu({ runs, filter, onChange, facet }: FacetMenuProps) {
  const chosen = filter[facet]
  const label =
    chosen.length === 0 ? LABELS[facet] : `${LABELS[facet]}: ${chosen.length > 1 ? chosen.length : chosen[0]}`
  return (
    <Menu position="bottom-start" closeOnItemClick={false} withinPortal>
      <Menu.Target>
        <Button
          variant={chosen.length > 0 ? 'light' : 'default'}
          fw={chosen.length > 0 ? 600 : 400}
          px={8}
          rightSection={<IconChevronDown size={12} />}
          styles={{ section: { marginInlineStart: 4 } }}
          maw={150}
          style={{ flexShrink: 0 }}
          aria-label={`Filter by ${LABELS[facet].toLowerCase()}${chosen.length > 0 ? `, now ${chosen.join(', ')}` : ''}`}
        >
          <span className="clip">{label}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown miw={180} mah={360} style={{ overflowY: 'auto' }}>
        <FacetOptions {...{ runs, filter, onChange, facet }} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** Rendered and counted only while the menu is open. */
function FacetOptions({ runs, filter, onChange, facet }: FacetMenuProps) {
  const options = facetOptions(runs, filter, facet)
  if (options.length === 0)
    return (
      <Text size="sm" className="quiet" p="sm">
        {NOTHING[facet] ?? 'No run is shown.'}
      </Text>
    )
  return (
    <Menu.CheckboxGroup value={[...filter[facet]]} onChange={(values) => onChange({ ...filter, [facet]: values })}>
      {options.map(({ value, count }) => (
        <Menu.CheckboxItem
          key={value}
          value={value}
          rightSection={
            <Text size="xs" className="quiet">
              {formatCount(count)}
            </Text>
          }
        >
          {value}
        </Menu.CheckboxItem>
      ))}
    </Menu.CheckboxGroup>
  )
}

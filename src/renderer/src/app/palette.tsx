import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { queries } from '../lib/api'
import { PAGES } from './pages'

/** Every page and every run, found by typing. */
export function Palette() {
  const [, go] = useLocation()
  const { data: runs = [] } = useQuery(queries.runs.list.queryOptions({}))
  const pages = PAGES.map(
    ({ path, label, icon: PageIcon, keywords }): SpotlightActionData => ({
      id: path,
      label,
      keywords,
      leftSection: <PageIcon size={17} stroke={1.6} />,
      onClick: () => go(path),
    }),
  )
  const found = runs.slice(0, 500).flatMap(({ id, name, status }): SpotlightActionData[] => [
    { id: `run-${id}`, label: name, description: `run ${id}, ${status}`, onClick: () => go(`/runs/${id}`) },
    {
      id: `explore-${id}`,
      label: `Explore ${name}`,
      description: `critical steps of run ${id}`,
      onClick: () => go(`/explorer/${id}`),
    },
  ])
  const actions: SpotlightActionGroupData[] = [
    { group: 'Pages', actions: pages },
    { group: 'Runs', actions: found },
  ]
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      limit={12}
      scrollable
      maxHeight={420}
      nothingFound="Nothing has that name"
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: 'Page, run…',
        'aria-label': 'Find a page or a run',
      }}
    />
  )
}

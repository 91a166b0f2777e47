/** The state of the table: filter and order are kept until the window closes, columns longer. */
import { useElementSize, useLocalStorage, useSessionStorage } from '@mantine/hooks'
import type { RunListItem } from '@shared/schemas/run'
import { useDeferredValue, useMemo } from 'react'
import { COLUMNS } from './columns'
import { filterRuns, NO_FILTER, type RunFilter, type Sorting, sortRuns } from './table-model'

/** Below this width in pixels, the least important columns are hidden. */
const NARROW = 1240
const NEWEST_FIRST: Sorting = { key: 'started', isDescending: true }

export function useTableState(runs: readonly RunListItem[], now: number) {
  const [stored, setFilter] = useSessionStorage<RunFilter>({
    key: 'gpo-runs-filter',
    defaultValue: NO_FILTER,
    getInitialValueInEffect: false,
  })
  const [sorting, setSorting] = useSessionStorage<Sorting>({
    key: 'gpo-runs-sorting',
    defaultValue: NEWEST_FIRST,
    getInitialValueInEffect: false,
  })
  const [chosen, setHidden] = useLocalStorage<readonly string[] | null>({
    key: 'gpo-runs-hidden-columns',
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const { ref, width } = useElementSize()
  const filter = useMemo(() => ({ ...NO_FILTER, ...stored }), [stored])
  const applied = useDeferredValue(filter)
  const shown = useMemo(() => sortRuns(filterRuns(runs, applied), sorting, now), [runs, applied, sorting, now])
  const hidden = useMemo(() => {
    if (chosen) return chosen
    return width > 0 && width < NARROW ? COLUMNS.filter(({ isWide }) => isWide).map(({ key }) => key) : []
  }, [chosen, width])
  const columns = useMemo(() => COLUMNS.filter(({ key }) => !hidden.includes(key)), [hidden])
  return { ref, filter, setFilter, sorting, setSorting, shown, hidden, setHidden, columns }
}

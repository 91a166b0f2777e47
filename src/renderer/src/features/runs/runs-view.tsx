import { guidanceAddress } from '@renderer/actions/ask-guidance'
import { Page } from '@renderer/components/page'
import { EmptyState } from '@renderer/components/states'
import { useLive } from '@renderer/lib/live'
import { saveText } from '@renderer/lib/save-text'
import type { RunListItem } from '@shared/schemas/run'
import { useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { ColumnMenu } from './column-menu'
import type { RunCommands } from './commands'
import { DeleteDialog } from './delete-dialog'
import { FilterBar } from './filter-bar'
import { NotesDrawer } from './notes-drawer'
import { RunMenu } from './run-menu'
import { RunsActions, RunsCount } from './runs-actions'
import { runsCsv } from './runs-csv'
import { RunsTable } from './runs-table'
import { NOTHING } from './selection'
import { NO_FILTER, nextSorting } from './table-model'
import { useNow } from './use-now'
import { useRunActions } from './use-run-actions'
import { useTableState } from './use-table-state'

interface MenuAt {
  readonly id: string
  readonly x: number
  readonly y: number
}

/** The table with its filters, menus and dialogs. */
export function RunsView({ runs }: { readonly runs: readonly RunListItem[] }) {
  const [, go] = useLocation()
  const live = useLive()
  const now = useNow(runs.some(({ status }) => status === 'running'))
  const table = useTableState(runs, now)
  const { filter, setFilter, shown } = table
  const actions = useRunActions()
  const [selection, setSelection] = useState(NOTHING)
  const [renaming, setRenaming] = useState<string | null>(null)
  const [noted, setNoted] = useState<string | null>(null)
  const [removing, setRemoving] = useState<readonly string[]>([])
  const [menu, setMenu] = useState<MenuAt | null>(null)
  const grid = useRef<HTMLTableElement>(null)
  const focusGrid = () => grid.current?.focus({ preventScroll: true })
  const commands = useMemo(
    (): RunCommands => ({
      open: (id) => go(`/runs/${id}`),
      explore: (id) => go(`/explorer/${id}`),
      askGuidance: (id) => go(guidanceAddress(id)),
      clone: (id) => go(`/new?from=${id}`),
      repeat: (id) => go(`/new?from=${id}&seed=next`),
      evaluate: (id) => go(`/evaluate?model=${id}`),
      exportRun: (id) => go(`/export/${id}`),
      showFolder: (id) => void actions.showFolder(id),
      compare: (ids) => go(`/compare/${ids.join(',')}`),
      startRename: setRenaming,
      endRename(id, name) {
        setRenaming(null)
        requestAnimationFrame(() => grid.current?.focus({ preventScroll: true }))
        if (name !== null && name.trim() !== '') void actions.update(id, { name: name.trim() })
      },
      openNotes: setNoted,
      archive: (ids, isArchived) => void actions.archive(ids, isArchived),
      askRemove: setRemoving,
      resume: (id) => void actions.resume(id),
      leaveQueue: (id) => void actions.leaveQueue(id),
      openMenu: (id, at) => setMenu({ id, ...at }),
    }),
    [actions, go],
  )
  const notedRun = runs.find(({ id }) => id === noted)
  const menuRun = runs.find(({ id }) => id === menu?.id)
  const tags = useMemo(() => [...new Set(runs.flatMap((run) => run.tags))].sort(), [runs])
  return (
    <Page
      title="Runs"
      isFilled
      subtitle={<RunsCount runs={runs} shown={shown.length} live={live} />}
      actions={
        <RunsActions runs={shown} selection={selection} commands={commands} onClear={() => setSelection(NOTHING)} />
      }
    >
      <FilterBar runs={runs} filter={filter} onChange={setFilter}>
        <ColumnMenu
          hidden={table.hidden}
          onChange={table.setHidden}
          onSave={() => saveText('runs.csv', 'text/csv', runsCsv(shown, Date.now()))}
        />
      </FilterBar>
      <div ref={table.ref} className="runs-frame">
        {shown.length === 0 ? (
          <EmptyState
            title="No run matches"
            text={
              runs.every(({ isArchived }) => isArchived) ? 'All runs are archived.' : 'No run meets all the filters.'
            }
            action={{ label: 'Show all runs', onClick: () => setFilter({ ...NO_FILTER, withArchived: true }) }}
          />
        ) : (
          <RunsTable
            {...{
              runs: shown,
              columns: table.columns,
              sorting: table.sorting,
              selection,
              renaming,
              live,
              now,
              commands,
            }}
            onSort={(key) => table.setSorting((sorting) => nextSorting(sorting, key))}
            onSelect={setSelection}
            gridRef={grid}
          />
        )}
      </div>
      {removing.length > 0 && (
        <DeleteDialog
          runs={runs.filter(({ id }) => removing.includes(id))}
          onDelete={(ids, files) => void actions.remove(ids, files)}
          onClose={() => {
            setRemoving([])
            focusGrid()
          }}
        />
      )}
      {notedRun && (
        <NotesDrawer
          key={notedRun.id}
          run={notedRun}
          knownTags={tags}
          onSave={(patch) => void actions.update(notedRun.id, patch)}
          onOpen={() => commands.open(notedRun.id)}
          onExplore={() => commands.explore(notedRun.id)}
          onClose={() => {
            setNoted(null)
            focusGrid()
          }}
        />
      )}
      {menu && menuRun && (
        <RunMenu
          key={`${menu.id} ${menu.x} ${menu.y}`}
          run={menuRun}
          live={live}
          at={menu}
          commands={commands}
          onClose={() => {
            setMenu(null)
            focusGrid()
          }}
        />
      )}
    </Page>
  )
}

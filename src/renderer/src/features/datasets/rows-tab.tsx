/** A dataset's rows as in the file, with the role of each column in its header. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatCount } from '@renderer/lib/format'
import type { DatasetDetails, DatasetRow } from '@shared/contract/datasets'
import { missingRole } from '@shared/dataset-roles'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ColumnNotes } from './column-notes'
import { MapField } from './map-field'
import { RowTable } from './row-table'
import { SeparatorChoice } from './separator-choice'
import type { DatasetActions } from './use-dataset-actions'
import { isCsv, placeWord } from './words'

interface RowsTabProps {
  readonly details: DatasetDetails
  readonly actions: DatasetActions
}

export function RowsTab({ details, actions }: RowsTabProps) {
  const { item, roles, files } = details
  const [shown, show] = useState<DatasetRow | null>(null)
  const pages = useInfiniteQuery(
    queries.datasets.rows.infiniteOptions({
      input: (cursor: number) => ({ id: item.id, cursor }),
      initialPageParam: 0,
      getNextPageParam: (page) => page.next,
    }),
  )
  if (pages.isPending) return <LoadingRows rows={10} />
  if (pages.error && !pages.data) return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
  const [first] = pages.data.pages
  const columns = first?.columns ?? []
  const isMapped = Object.keys(item.columns).length > 0
  const missing = item.problem === null ? null : missingRole(roles)
  return (
    <Stack gap="sm" h="100%">
      <Group justify="space-between" gap="xs">
        <Text size="sm" role="status">
          {missing ?? (isMapped ? 'The columns were mapped by hand.' : 'The columns were recognised by their names.')}
          {first &&
            first.columnCount > columns.length &&
            ` ${formatCount(first.columnCount - columns.length)} more columns are not shown.`}
        </Text>
        <Group gap="xs" wrap="nowrap">
          {item.kind === 'file' && files.some(isCsv) && <SeparatorChoice item={item} actions={actions} />}
          {item.kind === 'file' && (
            <MapField onMap={(path, role) => void actions.change(item, { assign: { place: path, role } })} />
          )}
          {isMapped && (
            <Button variant="default" onClick={() => void actions.change(item, { columns: {} })}>
              Forget the mapping
            </Button>
          )}
        </Group>
      </Group>
      <ColumnNotes details={details} />
      <RowTable
        columns={columns}
        rows={pages.data.pages.flatMap((page) => page.rows)}
        roles={roles}
        place={placeWord(details)}
        isFixed={item.kind === 'bundled'}
        onRole={(column, role) => void actions.change(item, { assign: { place: column, role } })}
        hasMore={pages.hasNextPage}
        onMore={() => !pages.isFetchingNextPage && void pages.fetchNextPage()}
        shown={shown?.row ?? null}
        onShow={show}
      />
      {shown && <WholeRow row={shown} place={placeWord(details)} columns={columns} onClose={() => show(null)} />}
    </Stack>
  )
}

interface WholeRowProps {
  readonly row: DatasetRow
  readonly columns: readonly string[]
  readonly place: string
  readonly onClose: () => void
}

function WholeRow({ row: { line, row, cells, problem }, columns, place, onClose }: WholeRowProps) {
  return (
    <section
      aria-label={`Row ${row}`}
      className="panel"
      style={{ padding: 12, maxHeight: '45%', overflow: 'auto', flexShrink: 0 }}
    >
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={600}>
          Row {formatCount(row)}, {place.toLowerCase()} {formatCount(line)}
        </Text>
        <Button variant="subtle" onClick={onClose}>
          Close
        </Button>
      </Group>
      {problem !== null && (
        <Text size="sm" fw={600} mb="xs">
          It cannot be used: {problem}
        </Text>
      )}
      {columns.map((column, i) => (
        <Group key={column} gap="sm" align="flex-start" wrap="nowrap" mb={4}>
          <Text size="xs" className="quiet clip" w={140} title={column} style={{ flexShrink: 0 }}>
            {column || '(no name)'}
          </Text>
          <div className="model-text" style={{ minWidth: 0 }}>
            {cells[i] ?? <span className="quiet">nothing</span>}
          </div>
        </Group>
      ))}
    </section>
  )
}

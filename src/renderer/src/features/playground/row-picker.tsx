import { Button, Group, Modal, Pagination, Select, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { formatCount } from '@renderer/lib/format'
import { keyOf, sourceOptions } from '@renderer/lib/reference-options'
import type { PlaygroundRows, RowSourceChoice } from '@shared/contract/playground'
import { rowNumber } from '@shared/row-number'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PickedRow } from './choices'

interface RowPickerProps {
  readonly isOpen: boolean
  /** A run whose data come first. */
  readonly run: string | null
  readonly onClose: () => void
  readonly onPick: (row: PickedRow, chatTemplate: boolean) => void
}

const PAGE = 12
const SEARCH_DELAY = 250

interface RowsProps {
  readonly found: PlaygroundRows
  readonly onPick: (row: PlaygroundRows['rows'][number]) => void
}

function Rows({ found, onPick }: RowsProps) {
  return (
    <Table highlightOnHover layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={64} className="numeric">
            Row
          </Table.Th>
          <Table.Th>Prompt</Table.Th>
          <Table.Th w={140}>Reference</Table.Th>
          <Table.Th w={70}>
            <VisuallyHidden>Take it</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {found.rows.map((row) => (
          <Table.Tr key={row.row}>
            <Table.Td className="numeric">{formatCount(rowNumber(row.row))}</Table.Td>
            <Table.Td className="mono clip" title={row.prompt}>
              {row.prompt}
            </Table.Td>
            <Table.Td className="mono clip">{row.reference || '–'}</Table.Td>
            <Table.Td>
              <Button
                variant="subtle"
                size="compact-xs"
                onClick={() => onPick(row)}
                aria-label={`Take row ${rowNumber(row.row)}`}
              >
                Take
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

interface ContentProps extends Omit<RowPickerProps, 'isOpen'> {
  readonly sources: readonly RowSourceChoice[]
}

function Content({ sources, run, onPick, onClose }: ContentProps) {
  const [key, setKey] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const [wanted] = useDebouncedValue(text, SEARCH_DELAY)
  const ofRun = sources.find(({ source }) => source.kind === 'run' && source.id === run)
  const chosen = sources.find((one) => keyOf(one.source) === key) ?? ofRun ?? sources[0]
  const input = { source: chosen?.source ?? ({ kind: 'bundled', name: '' } as const), text: wanted, limit: PAGE }
  const { data, error, refetch } = useQuery({
    ...queries.playground.rows.queryOptions({ input: { ...input, offset: (page - 1) * PAGE } }),
    enabled: chosen !== undefined,
    placeholderData: keepPreviousData,
  })
  const take = (found: PlaygroundRows, row: PlaygroundRows['rows'][number]) => {
    onPick({ ...row, source: chosen?.label ?? '', verifier: found.verifier }, found.chatTemplate)
    onClose()
  }
  const takeRandom = async (total: number) => {
    const found = await api.playground.rows({ ...input, limit: 1, offset: Math.floor(Math.random() * total) })
    const [row] = found.rows
    if (row) take(found, row)
  }
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="md">
        <Select
          label="Data"
          w={340}
          searchable
          allowDeselect={false}
          data={sourceOptions(sources)}
          value={chosen ? keyOf(chosen.source) : null}
          onChange={(next) => {
            setKey(next)
            setPage(1)
          }}
        />
        <TextInput
          label="Text in the prompt"
          style={{ flex: 1 }}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value)
            setPage(1)
          }}
        />
        <Button
          variant="default"
          disabled={!data || data.total === 0}
          onClick={() => data && void takeRandom(data.total).catch(() => void refetch())}
        >
          A random row
        </Button>
      </Group>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows />
      ) : data.total === 0 ? (
        <Text className="quiet">No row has this text.</Text>
      ) : (
        <>
          <Rows found={data} onPick={(row) => take(data, row)} />
          <Group justify="space-between">
            <Text size="sm" className="quiet">
              {formatCount(data.total)} rows
            </Text>
            <Pagination
              size="sm"
              value={page}
              onChange={setPage}
              total={Math.ceil(data.total / PAGE)}
              getControlProps={(control) => ({ 'aria-label': `${control} page` })}
            />
          </Group>
        </>
      )}
    </Stack>
  )
}

/** Picks a row of data as the prompt, with its reference for judging answers. */
export function RowPicker({ isOpen, run, onClose, onPick }: RowPickerProps) {
  const sources = useQuery({ ...queries.playground.sources.queryOptions({}), enabled: isOpen, staleTime: 0 })
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Pick a row of the data"
      size={900}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {sources.error ? (
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      ) : sources.data ? (
        <Content sources={sources.data} run={run} onPick={onPick} onClose={onClose} />
      ) : (
        <LoadingRows />
      )}
    </Modal>
  )
}

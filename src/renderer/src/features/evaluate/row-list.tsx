import { Group, Pagination, Text, TextInput, UnstyledButton } from '@mantine/core'
import { VerdictMark } from '@renderer/components/status'
import { formatCount, plural } from '@renderer/lib/format'
import { rowNumber } from '@shared/row-number'
import type { EvaluatedRow } from '@shared/schemas/evaluation'
import type { VerdictStatus } from '@shared/schemas/verifier'

/** Rows on a page of the list. */
export const PAGE = 30

export interface ListedRow {
  readonly row: EvaluatedRow
  /** Of one evaluation, or of both. */
  readonly statuses: readonly VerdictStatus[]
}

interface RowListProps {
  readonly rows: readonly ListedRow[]
  readonly total: number
  readonly page: number
  readonly selected: number | null
  readonly text: string
  readonly empty: string
  readonly onText: (text: string) => void
  readonly onPage: (page: number) => void
  readonly onSelect: (row: number) => void
}

/** Rows of an evaluation to choose from, with a search and pages. */
export function RowList(props: RowListProps) {
  const { rows, total, page, selected, text, empty, onText, onPage, onSelect } = props
  return (
    <section aria-label="Rows">
      <TextInput
        aria-label="Text in the prompt or the answers"
        placeholder="Text in the prompt or the answers"
        mb="xs"
        value={text}
        onChange={({ currentTarget }) => onText(currentTarget.value)}
      />
      <div className="panel evaluate-rows">
        {rows.map(({ row, statuses }) => (
          <UnstyledButton
            key={row.row}
            className="evaluate-row"
            aria-current={row.row === selected}
            aria-label={`Row ${rowNumber(row.row)}`}
            onClick={() => onSelect(row.row)}
          >
            <Text span size="sm" className="numeric quiet">
              {formatCount(rowNumber(row.row))}
            </Text>
            <Group gap={2} wrap="nowrap" component="span" display="inline-flex">
              {statuses.map((status, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the first is A's, the second B's
                <VerdictMark key={i} status={status} isIconOnly />
              ))}
            </Group>
            <span className="mono clip" style={{ fontSize: 'var(--mantine-font-size-xs)' }}>
              {row.prompt}
            </span>
          </UnstyledButton>
        ))}
        {rows.length === 0 && (
          <Text size="sm" className="quiet" p="sm">
            {text === '' ? empty : 'No row has this text.'}
          </Text>
        )}
      </div>
      <Group justify="space-between" mt="xs" gap="xs">
        <Text size="xs" className="quiet">
          {plural(total, 'row')}
        </Text>
        {total > PAGE && (
          <Pagination
            size="xs"
            siblings={0}
            value={page}
            onChange={onPage}
            total={Math.ceil(total / PAGE)}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        )}
      </Group>
    </section>
  )
}

/** Rows of a file, of which only the visible ones are rendered, with a choice of role in the header of each column. */
import { Select, Text } from '@mantine/core'
import { formatCount } from '@renderer/lib/format'
import type { DatasetColumns, DatasetRow } from '@shared/contract/datasets'
import { fieldsOf, roleOf } from '@shared/dataset-roles'
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import classes from './row-table.module.css'
import { ROLE_NAMES } from './words'

const ROW_HEIGHT = 28
const NONE = 'none'
const CHOICES = [
  { value: NONE, label: 'not used' },
  ...DATASET_ROLES.map((role) => ({ value: role as string, label: ROLE_NAMES[role] })),
]

interface RowTableProps {
  readonly columns: readonly string[]
  readonly rows: readonly DatasetRow[]
  readonly roles: DatasetColumns
  /** Whether rows are numbered as lines or as records. */
  readonly place: string
  /** The roles cannot be changed. */
  readonly isFixed: boolean
  readonly onRole: (column: string, role: DatasetRole | null) => void
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly shown: number | null
  readonly onShow: (row: DatasetRow) => void
}

export function RowTable(props: RowTableProps) {
  const { columns, rows, roles, place, isFixed, onRole, hasMore, onMore, shown, onShow } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const inSight = virtual.getVirtualItems()
  const last = inSight.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) onMore()
  }, [hasMore, last, rows.length, onMore])
  const before = inSight[0]?.start ?? 0
  const after = virtual.getTotalSize() - (inSight.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="Rows of the file">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className={classes.line}>
              {place}
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" data-used={roleOf(roles, column) !== null || undefined}>
                <Text size="sm" fw={600} className="clip" title={column}>
                  {column || '(no name)'}
                </Text>
                {fieldsOf(roles, column).length > 0 && (
                  <Text size="xs" className="mono quiet clip" title={fieldsOf(roles, column).join(', ')}>
                    {fieldsOf(roles, column).join(', ')}
                  </Text>
                )}
                <RoleChoice column={column} role={roleOf(roles, column)} isFixed={isFixed} onRole={onRole} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} aria-hidden />}
          {inSight.map(({ index, key }) => {
            const row = rows[index]
            if (!row) return <Waiting key={key} columns={columns.length} />
            return <Row key={key} row={row} columns={columns} isShown={row.row === shown} onShow={onShow} />
          })}
          {after > 0 && <tr style={{ height: after }} aria-hidden />}
        </tbody>
      </table>
    </section>
  )
}

interface RoleChoiceProps {
  readonly column: string
  readonly role: DatasetRole | null
  readonly isFixed: boolean
  readonly onRole: (column: string, role: DatasetRole | null) => void
}

function RoleChoice({ column, role, isFixed, onRole }: RoleChoiceProps) {
  if (isFixed)
    return (
      <Text size="xs" className="quiet">
        {role ? ROLE_NAMES[role] : 'not used'}
      </Text>
    )
  return (
    <Select
      aria-label={`Role of the column ${column}`}
      data={CHOICES}
      value={role ?? NONE}
      allowDeselect={false}
      size="xs"
      fw={400}
      comboboxProps={{ width: 140, position: 'bottom-start' }}
      onChange={(value) => onRole(column, DATASET_ROLES.find((one) => one === value) ?? null)}
    />
  )
}

interface RowProps {
  readonly row: DatasetRow
  readonly columns: readonly string[]
  readonly isShown: boolean
  readonly onShow: (row: DatasetRow) => void
}

function Row({ row, columns, isShown, onShow }: RowProps) {
  const { line, cells, problem } = row
  return (
    <tr data-shown={isShown || undefined} onClick={() => onShow(row)}>
      <th scope="row" className={classes.line}>
        <button
          type="button"
          aria-pressed={isShown}
          aria-label={`Show line ${line}${problem === null ? '' : ', which cannot be used'}`}
          onClick={() => onShow(row)}
        >
          {problem !== null && <IconAlertTriangle size={13} color="var(--hurt)" aria-hidden />}
          {formatCount(line)}
        </button>
      </th>
      {problem !== null && cells.every((cell) => cell === null) ? (
        <td colSpan={columns.length}>
          <em>{problem}</em>
        </td>
      ) : (
        columns.map((column, i) => <td key={column}>{cells[i] ?? <span className="quiet">–</span>}</td>)
      )}
    </tr>
  )
}

function Waiting({ columns }: { readonly columns: number }) {
  return (
    <tr>
      <td colSpan={columns + 1} className="quiet">
        reading more rows
      </td>
    </tr>
  )
}

import { VisuallyHidden } from '@mantine/core'

interface DataTableProps {
  readonly name: string
  readonly head: readonly string[]
  /** The first cell names its row. */
  readonly rows: readonly (readonly (string | number)[])[]
}

/** The numbers of a drawing, for those who hear the page. Its parent has to be positioned: it takes no room there. */
export function DataTable({ name, head, rows }: DataTableProps) {
  return (
    <VisuallyHidden component="div">
      <table aria-label={name}>
        <thead>
          <tr>
            {head.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, ...values]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {values.map((value, i) => (
                <td key={head[i + 1]}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  )
}

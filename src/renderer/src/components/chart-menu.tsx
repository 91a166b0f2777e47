import { ActionIcon, Menu, Modal, Table } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { csvTable, pictureOf, tableOf } from '@renderer/charts/chart-files'
import type { Line } from '@renderer/charts/chart-types'
import { messageOf } from '@renderer/lib/errors'
import { saveBlob } from '@renderer/lib/save-text'
import { IconDots, IconFileTypeCsv, IconPhoto, IconTable } from '@tabler/icons-react'
import type { RefObject } from 'react'

interface ChartMenuProps {
  readonly title: string
  readonly xLabel: string
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  /** Around the chart. */
  readonly holder: RefObject<HTMLElement | null>
}

const fileOf = (title: string, extension: string) =>
  `${
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'chart'
  }.${extension}`

/** What a chart shows, as a picture, as CSV, or as a table to read. */
export function ChartMenu({ title, xLabel, x, lines, holder }: ChartMenuProps) {
  const [isOpen, table] = useDisclosure()
  const save = async (extension: string, make: () => Promise<Blob> | Blob) => {
    try {
      saveBlob(fileOf(title, extension), await make())
    } catch (error) {
      notifications.show({ color: 'orange', title: 'The chart was not saved', message: messageOf(error) })
    }
  }
  const asCsv = () => new Blob([csvTable(tableOf(xLabel, x, lines))], { type: 'text/csv' })
  const asPicture = () => {
    if (!holder.current) throw new Error('The chart is not on the page.')
    return pictureOf(holder.current, title, lines)
  }
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size="xs" aria-label={`${title}: picture, CSV, table`}>
            <IconDots size={13} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPhoto size={14} />} onClick={() => void save('png', asPicture)}>
            Save as PNG
          </Menu.Item>
          <Menu.Item leftSection={<IconFileTypeCsv size={14} />} onClick={() => void save('csv', asCsv)}>
            Save as CSV
          </Menu.Item>
          <Menu.Item leftSection={<IconTable size={14} />} onClick={table.open}>
            Show as table
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isOpen} onClose={table.close} title={title} size="lg">
        {isOpen && <Values {...{ title, xLabel, x, lines }} />}
      </Modal>
    </>
  )
}

function Values({ title, xLabel, x, lines }: Omit<ChartMenuProps, 'holder'>) {
  const { head, rows } = tableOf(xLabel, x, lines)
  return (
    <Table.ScrollContainer minWidth={320} mah="60vh" tabIndex={0}>
      <Table aria-label={title} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {head.map((name) => (
              <Table.Th key={name} className="numeric">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row[0]}>
              {row.map((value, i) => (
                <Table.Td key={head[i]} className="numeric">
                  {value === null ? '–' : Number(value.toPrecision(6))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

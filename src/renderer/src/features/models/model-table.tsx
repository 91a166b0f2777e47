/** All models, by where they come from. */
import { Group, Table, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { formatBytes, formatCount, formatPercent } from '@renderer/lib/format'
import type { ModelItem } from '@shared/contract/models'
import { IconAlertTriangle } from '@tabler/icons-react'
import { formatParameters, shortArchitecture } from './words'

const GROUPS: readonly { readonly kind: ModelItem['kind']; readonly title: string; readonly empty: string }[] = [
  { kind: 'bundled', title: 'Bundled', empty: 'No model is bundled.' },
  { kind: 'folder', title: 'From disk', empty: 'None yet: add a folder or a GGUF file, or drop one on the window.' },
  { kind: 'adapter', title: 'Adapters', empty: 'None yet: add a folder written by PEFT or by an export from here.' },
  { kind: 'run', title: 'Fine-tuned by runs', empty: 'None yet: a run that has written a checkpoint appears here.' },
]

interface ModelTableProps {
  readonly items: readonly ModelItem[]
  readonly selected: string
  readonly onSelect: (id: string) => void
}

/** Beside the details there is no room for all columns; the details have what is left out. */
const NARROW = '(max-width: 1250px)'

export function ModelTable({ items, selected, onSelect }: ModelTableProps) {
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false })
  const columns = isNarrow ? 4 : 6
  return (
    <Table highlightOnHover stickyHeader layout="fixed" miw={isNarrow ? 420 : 620}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th w={104}>Architecture</Table.Th>
          <Table.Th w={92} className="numeric">
            Parameters
          </Table.Th>
          <Table.Th w={76} className="numeric">
            On disk
          </Table.Th>
          {!isNarrow && (
            <>
              <Table.Th w={72} className="numeric">
                <Tooltip label="Longest sequence, in tokens">
                  <span>Context</span>
                </Tooltip>
              </Table.Th>
              <Table.Th w={80} className="numeric">
                <Tooltip label="Share of held-out evaluation rows answered correctly at the checkpoint">
                  <span>Accuracy</span>
                </Tooltip>
              </Table.Th>
            </>
          )}
        </Table.Tr>
      </Table.Thead>
      {GROUPS.map(({ kind, title, empty }) => {
        const group = items.filter((item) => item.kind === kind)
        return (
          <Table.Tbody key={kind}>
            <Table.Tr>
              <Table.Th colSpan={columns} scope="rowgroup" style={{ background: 'var(--surface-raised)' }}>
                {title} <span className="quiet">{group.length > 0 ? group.length : ''}</span>
              </Table.Th>
            </Table.Tr>
            {group.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={columns} className="quiet">
                  {empty}
                </Table.Td>
              </Table.Tr>
            )}
            {group.map((item) => (
              <ModelRow
                key={item.id}
                item={item}
                isNarrow={isNarrow}
                isSelected={item.id === selected}
                onSelect={onSelect}
              />
            ))}
          </Table.Tbody>
        )
      })}
    </Table>
  )
}

interface ModelRowProps {
  readonly item: ModelItem
  readonly isNarrow: boolean
  readonly isSelected: boolean
  readonly onSelect: (id: string) => void
}

function ModelRow({ item, isNarrow, isSelected, onSelect }: ModelRowProps) {
  const { id, name, problem, architecture, parameters, context, bytes, run, adapter } = item
  const look = isSelected ? { background: 'var(--mantine-primary-color-light)' } : {}
  return (
    <Table.Tr onClick={() => onSelect(id)} style={{ cursor: 'pointer', ...look }}>
      <Table.Td>
        <UnstyledButton display="block" aria-pressed={isSelected} w="100%" onClick={() => onSelect(id)}>
          <Group gap="xs" wrap="nowrap">
            {problem !== null && (
              <IconAlertTriangle
                size={15}
                color="var(--hurt)"
                role="img"
                aria-label="cannot be used"
                style={{ flexShrink: 0 }}
              />
            )}
            <Text size="sm" className="clip" title={name}>
              {name}
            </Text>
          </Group>
        </UnstyledButton>
      </Table.Td>
      <Table.Td className="clip" title={architecture ?? undefined}>
        {adapter ? `LoRA r ${adapter.r}` : shortArchitecture(architecture)}
      </Table.Td>
      <Table.Td className="numeric">{parameters === null ? '–' : formatParameters(parameters)}</Table.Td>
      <Table.Td className="numeric">{bytes === null ? '–' : formatBytes(bytes)}</Table.Td>
      {!isNarrow && (
        <>
          <Table.Td className="numeric">{context === null ? '–' : formatCount(context)}</Table.Td>
          <Table.Td className="numeric">{run?.accuracy == null ? '–' : formatPercent(run.accuracy)}</Table.Td>
        </>
      )}
    </Table.Tr>
  )
}

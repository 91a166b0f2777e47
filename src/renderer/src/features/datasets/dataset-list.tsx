/** All datasets, by where they come from. */
import { Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { formatBytes, plural } from '@renderer/lib/format'
import type { DatasetItem } from '@shared/contract/datasets'
import { IconAlertTriangle } from '@tabler/icons-react'
import { standing } from './words'

interface DatasetListProps {
  readonly items: readonly DatasetItem[]
  readonly selected: string
  readonly onSelect: (id: string) => void
}

const GROUPS: readonly { readonly kind: DatasetItem['kind']; readonly title: string }[] = [
  { kind: 'file', title: 'Added' },
  { kind: 'bundled', title: 'Bundled' },
]

export function DatasetList({ items, selected, onSelect }: DatasetListProps) {
  return (
    <Stack gap={0}>
      {GROUPS.map(({ kind, title }) => {
        const group = items.filter((item) => item.kind === kind)
        return (
          <section key={kind} aria-label={title}>
            <Title order={2} size="sm" px="sm" py={6} style={{ background: 'var(--surface-raised)' }}>
              {title} <span className="quiet">{group.length > 0 ? group.length : ''}</span>
            </Title>
            {group.length === 0 && (
              <Text size="sm" className="quiet" px="sm" py="sm">
                None yet: add a file, or drop one on the window.
              </Text>
            )}
            {group.map((item) => (
              <Entry key={item.id} item={item} isSelected={item.id === selected} onSelect={onSelect} />
            ))}
          </section>
        )
      })}
    </Stack>
  )
}

interface EntryProps {
  readonly item: DatasetItem
  readonly isSelected: boolean
  readonly onSelect: (id: string) => void
}

function Entry({ item, isSelected, onSelect }: EntryProps) {
  const { name, rows, bytes } = item
  const text = standing(item)
  const facts = [
    ...(rows === null ? [] : [plural(rows, 'row')]),
    ...(bytes ? [formatBytes(bytes)] : []),
    ...(text ? [text] : []),
  ]
  return (
    <UnstyledButton
      display="block"
      w="100%"
      px="sm"
      py={6}
      aria-pressed={isSelected}
      onClick={() => onSelect(item.id)}
      style={{
        borderBottom: '1px solid var(--line)',
        ...(isSelected ? { background: 'var(--mantine-primary-color-light)' } : {}),
      }}
    >
      <Group gap="xs" wrap="nowrap">
        {item.problem !== null && (
          <IconAlertTriangle size={14} color="var(--hurt)" aria-hidden style={{ flexShrink: 0 }} />
        )}
        <Text size="sm" className="clip" title={name}>
          {name}
        </Text>
      </Group>
      <Text size="xs" className="quiet clip">
        {facts.join(' · ')}
      </Text>
    </UnstyledButton>
  )
}

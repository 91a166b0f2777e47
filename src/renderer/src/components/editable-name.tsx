/** A name that can be changed in place. */
import { ActionIcon, Group, TextInput, Title, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'

interface EditableNameProps {
  readonly name: string
  /** What the name belongs to, for screen readers. */
  readonly of: string
  /** Level of the heading. */
  readonly order?: 1 | 2
  /** Without it, the name cannot be changed. */
  readonly onRename?: ((name: string) => void) | undefined
}

export function EditableName({ name, of, order = 2, onRename }: EditableNameProps) {
  const [draft, setDraft] = useState<string | null>(null)
  if (draft !== null)
    return (
      <TextInput
        aria-label={`Name of the ${of}`}
        value={draft}
        maxLength={200}
        w={360}
        maw="100%"
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={() => setDraft(null)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setDraft(null)
          if (event.key !== 'Enter' || draft.trim() === '') return
          onRename?.(draft.trim())
          setDraft(null)
        }}
      />
    )
  return (
    <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
      <Title order={order} className="clip" title={name}>
        {name}
      </Title>
      {onRename && (
        <Tooltip label="Rename">
          <ActionIcon size="sm" aria-label={`Rename the ${of}`} onClick={() => setDraft(name)}>
            <IconPencil size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}

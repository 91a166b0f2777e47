/** Adds something from disk: a button that opens the system's dialog, or a field for a path where there is none. */
import { Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconFolderPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { messageOf } from '../lib/errors'

interface AddPathProps {
  readonly label: string
  readonly hasDialogs: boolean
  /** Opens the dialog and adds what was chosen. */
  readonly onChoose: () => Promise<void>
  /** Adds what is at a path. */
  readonly onTyped: (path: string) => Promise<void>
  /** What to type. */
  readonly description: string
  readonly placeholder: string
  /** Where it is not the page's first action. */
  readonly variant?: 'filled' | 'default'
}

export function AddPath(props: AddPathProps) {
  const { label, hasDialogs, onChoose, onTyped, description, placeholder, variant = 'filled' } = props
  const [isBusy, setBusy] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const [path, setPath] = useState('')
  const [error, setError] = useState<string | null>(null)

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await work()
      setOpen(false)
      setPath('')
    } catch (failure) {
      setError(messageOf(failure))
      setOpen(true)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (path.trim() !== '') void attempt(() => onTyped(path.trim()))
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={420} trapFocus withArrow shadow="md">
      <Popover.Target>
        <Button
          variant={variant}
          leftSection={<IconFolderPlus size={15} />}
          loading={isBusy}
          onClick={() => (hasDialogs ? void attempt(onChoose) : setOpen((was) => !was))}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {hasDialogs ? (
          <Text size="sm" role="alert">
            {error}
          </Text>
        ) : (
          <form onSubmit={submit}>
            <Stack gap="sm">
              <TextInput
                label="Path on this machine"
                description={description}
                placeholder={placeholder}
                value={path}
                error={error}
                onChange={(event) => setPath(event.currentTarget.value)}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button type="submit" loading={isBusy} disabled={path.trim() === ''}>
                  Add
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

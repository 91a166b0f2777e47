/** Asks for a file or folder: with the system's dialog, or where there is none, with a field for its path below the clicked button. */
import { Button, Group, Popover, type PopoverProps, Stack, Text, TextInput } from '@mantine/core'
import { messageOf } from '@renderer/lib/errors'
import { type FormEvent, type ReactElement, useState } from 'react'

export interface PathAsking {
  readonly hasDialogs: boolean
  /** Opens the dialog and takes what was chosen. */
  readonly onChoose: () => Promise<void>
  /** Takes the file or folder at a path. */
  readonly onTyped: (path: string) => Promise<void>
}

interface PathPopoverProps extends PathAsking {
  readonly label: string
  /** What to type. */
  readonly description?: string
  readonly placeholder: string
  readonly submitLabel: string
  readonly position: NonNullable<PopoverProps['position']>
  /** What is clicked. */
  readonly target: (ask: () => void, isBusy: boolean) => ReactElement
}

export function PathPopover(props: PathPopoverProps) {
  const { hasDialogs, onChoose, onTyped, label, description, placeholder, submitLabel, position, target } = props
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
  const ask = () => (hasDialogs ? void attempt(onChoose) : setOpen((was) => !was))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (path.trim() !== '') void attempt(() => onTyped(path.trim()))
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position={position} width={420} trapFocus withArrow shadow="md">
      <Popover.Target>{target(ask, isBusy)}</Popover.Target>
      <Popover.Dropdown>
        {hasDialogs ? (
          <Text size="sm" role="alert">
            {error}
          </Text>
        ) : (
          <form onSubmit={submit}>
            <Stack gap="sm">
              <TextInput
                label={label}
                description={description}
                placeholder={placeholder}
                value={path}
                error={error}
                onChange={(event) => setPath(event.currentTarget.value)}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button type="submit" loading={isBusy} disabled={path.trim() === ''}>
                  {submitLabel}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

/** Gives a field inside a column a role, by its path. */
import { Button, Popover, Select, Stack, TextInput } from '@mantine/core'
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'
import { type FormEvent, useState } from 'react'
import { ROLE_NAMES } from './words'

const CHOICES = DATASET_ROLES.map((role) => ({ value: role as string, label: ROLE_NAMES[role] }))

export function MapField({ onMap }: { readonly onMap: (path: string, role: DatasetRole) => void }) {
  const [isOpen, setOpen] = useState(false)
  const [path, setPath] = useState('')
  const [role, setRole] = useState<DatasetRole>('answer')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onMap(path.trim(), role)
    setOpen(false)
    setPath('')
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={320} trapFocus withinPortal>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(!isOpen)}>
          Map a field
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="Field inside a column"
              description="Names with dots between them; [0] is the first item of a list, [-1] the last"
              placeholder="reward_model.ground_truth"
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            <Select
              label="Its role"
              data={CHOICES}
              value={role}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              onChange={(value) => setRole(DATASET_ROLES.find((one) => one === value) ?? 'answer')}
            />
            <Button type="submit" disabled={path.trim() === ''}>
              Map it
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconColumns3, IconFileTypeCsv } from '@tabler/icons-react'
import { COLUMNS } from './columns'

const ALWAYS = 'name'

interface ColumnMenuProps {
  readonly hidden: readonly string[]
  readonly onChange: (hidden: readonly string[] | null) => void
  /** Saves the rows that are shown. */
  readonly onSave: () => void
}

/** Which columns are shown, and the table as a file. */
export function ColumnMenu({ hidden, onChange, onSave }: ColumnMenuProps) {
  const choices = COLUMNS.filter(({ key }) => key !== ALWAYS)
  const shown = choices.map(({ key }) => key as string).filter((key) => !hidden.includes(key))
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label="Columns">
          <ActionIcon aria-label="Choose the columns">
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.CheckboxGroup
          value={shown}
          onChange={(keys) => onChange(choices.map(({ key }) => key).filter((key) => !keys.includes(key)))}
        >
          {choices.map(({ key, label }) => (
            <Menu.CheckboxItem key={key} value={key}>
              {label}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => onChange(null)}>As many as fit</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconFileTypeCsv size={15} />} onClick={onSave}>
          Save the table as CSV
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

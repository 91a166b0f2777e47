import { Group, Radio, Table, Text } from '@mantine/core'
import { formatBytes } from '@renderer/lib/format'
import type { HubContents } from '@shared/contract/hub'

interface FileChoiceProps {
  readonly contents: Pick<HubContents, 'choices' | 'file' | 'hasFolder'>
  readonly isDisabled: boolean
  /** @param file null: the folder of safetensors */
  readonly onChoose: (file: string | null) => void
}

/** The value of the folder of safetensors; no file has an empty name. */
const FOLDER = ''

/** Which of a repository's GGUF files is meant. */
export function FileChoice({ contents: { choices, file, hasFolder }, isDisabled, onChoose }: FileChoiceProps) {
  return (
    <Radio.Group
      label="Which file?"
      description="The same model in several types: fewer bits are smaller and less exact. In memory, a run keeps them all the same way."
      value={file ?? FOLDER}
      onChange={(value) => onChoose(value === FOLDER ? null : value)}
      mb="md"
    >
      <Table.ScrollContainer minWidth={420} mah={280} mt="xs" tabIndex={0}>
        <Table aria-label="Forms of the model">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File</Table.Th>
              <Table.Th>Type</Table.Th>
              <Table.Th className="numeric">Size</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {hasFolder && (
              <Table.Tr>
                <Table.Td>
                  <Radio
                    size="xs"
                    value={FOLDER}
                    disabled={isDisabled}
                    label="safetensors, with configuration and tokenizer"
                  />
                </Table.Td>
                <Table.Td>as published</Table.Td>
                <Table.Td />
              </Table.Tr>
            )}
            {choices.map(({ file: name, type, parts, bytes, isReadable }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Radio
                    size="xs"
                    value={name}
                    disabled={isDisabled || !isReadable}
                    label={
                      <Group gap="sm">
                        <span className="mono">{name}</span>
                        {parts > 1 && <Text size="xs" className="quiet">{`in ${parts} parts`}</Text>}
                      </Group>
                    }
                  />
                </Table.Td>
                <Table.Td>
                  {type ?? 'not in its name'}
                  {!isReadable && ', which is not read here'}
                </Table.Td>
                <Table.Td className="numeric">{formatBytes(bytes)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Radio.Group>
  )
}

import { Anchor, Box, Table, Text, Title } from '@mantine/core'
import { formatBytes } from '@renderer/lib/format'
import { FIRST_MODELS, FIRST_RUN_WORDS, firstRunMemory } from '@shared/first-models'

interface FirstModelsProps {
  /** Takes a repository into the page's field; nothing is asked of the network. */
  readonly onTake: (id: string) => void
}

/** Real models to begin with, and what a run on them takes. */
export function FirstModels({ onTake }: FirstModelsProps) {
  return (
    <Box component="section" className="panel" p="md" aria-labelledby="first-models">
      <Title order={2} id="first-models">
        Real models to begin with
      </Title>
      <Text size="sm" className="quiet" mb="sm">
        A name goes into the field above; the network is not used until you press Open this repository or Search.
      </Text>
      <Table.ScrollContainer minWidth={560} tabIndex={0}>
        <Table aria-labelledby="first-models">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th className="numeric">On disk</Table.Th>
              <Table.Th>Licence</Table.Th>
              <Table.Th className="numeric">Memory, estimated</Table.Th>
              <Table.Th className="numeric">measured</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {FIRST_MODELS.map((model) => (
              <Table.Tr key={model.id}>
                <Table.Td>
                  <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onTake(model.id)}>
                    {model.label}
                  </Anchor>
                  <Text size="xs" className="quiet mono">
                    {model.id}
                  </Text>
                </Table.Td>
                <Table.Td className="numeric">{formatBytes(model.bytes)}</Table.Td>
                <Table.Td>
                  {model.license}
                  {model.isGated && (
                    <Text size="xs" className="quiet">
                      accept its terms on the hub, then enter a token
                    </Text>
                  )}
                </Table.Td>
                <Table.Td className="numeric">{formatBytes(firstRunMemory(model))}</Table.Td>
                <Table.Td className="numeric">{model.measured === null ? 'no' : formatBytes(model.measured)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" className="quiet" mt="sm">
        Memory is of {FIRST_RUN_WORDS}. The estimate is this program’s own; measured is the trainer’s peak on a CPU.
        More prompts, longer answers and all parameters take more: the page New run estimates your plan.
      </Text>
    </Box>
  )
}

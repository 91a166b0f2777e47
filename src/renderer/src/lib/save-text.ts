/** Gives a person a file: the browser, or the window's dialog, says where it goes. */
export function saveBlob(fileName: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const saveText = (fileName: string, mediaType: string, text: string): void =>
  saveBlob(fileName, new Blob([text], { type: mediaType }))

/** What a model wrote. */
export function Markdown({ text }: { text: string }) {
  return (
    <p className="text" dir="auto">
      {text}
    </p>
  );
}

// Only Genkit's development server, which no page starts, calls it.
export default undefined;

export default function Home() {
  return <h1>WellChina</h1>;
}

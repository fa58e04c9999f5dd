import Testing

@testable import BatchEngine

@Suite struct NumberSetTests {
    /// Whatever is done to it, it holds what a `Set` would.
    @Test(arguments: 0..<20)
    func isASet(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        let highest = [1, 63, 64, 65, 300, 5000].randomElement(using: &random) ?? 1
        var numbers = NumberSet()
        var model: Set<Int> = []
        for _ in 0..<2000 {
            let number = Int.random(in: 0...highest, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0...1:
                numbers.insert(number)
                model.insert(number)
            case 2:
                let range = number..<min(number + 10, highest + 1)
                numbers.insert(contentsOf: range)
                model.formUnion(range)
            case 3:
                numbers.remove(number)
                model.remove(number)
            case 4:
                let popped = numbers.popLowest()
                #expect(popped == model.min())
                if let popped { model.remove(popped) }
            default:
                let lowest = numbers.lowest()
                #expect(lowest == model.min())
            }
            #expect(numbers.count == model.count && numbers.isEmpty == model.isEmpty)
            #expect(numbers.contains(number) == model.contains(number))
        }
        #expect((0...highest + 100).filter(numbers.contains) == model.sorted())
    }

    /// Whoever asks for an operation may name any number.
    @Test(arguments: [-1, -64, Int.min, 3, 64, Int.max])
    func doesNotHoldWhatCannotBe(number: Int) {
        var numbers = NumberSet()
        numbers.insert(contentsOf: 0..<3)
        #expect(!numbers.contains(number))
        numbers.remove(number)
        #expect(numbers.count == 3)
    }
}

import BatchProgress
import Testing

@testable import BatchClient

@Suite struct OutstandingRequestsTests {
    @Test func idsCount() {
        var requests = OutstandingRequests()
        let ids = (0..<3).map { _ in requests.nextID() }
        #expect(ids == [1, 2, 3])
    }

    @Test func anAnswerIsForOneAndOnce() {
        var requests = OutstandingRequests(sentAt: [1: 0, 2: 0])
        let taken = [requests.take(1), requests.take(1), requests.take(3)]
        #expect(taken.map { $0?.frames } == [[[1]], nil, nil])
        #expect(requests.takeAll().map(\.frames) == [[[2]]])
        #expect(requests.nextDeadline == nil)
    }

    @Test func areSentAgainEveryTwoSeconds() {
        var requests = OutstandingRequests(sentAt: [1: 0, 2: 500, 3: 1000])
        #expect(requests.nextDeadline == moment(2000))
        let rounds = [1999, 2000, 2001, 3000, 4000].map { requests.toSendAgain(at: moment($0)) }
        #expect(rounds == [[], [[[1]]], [], [[[2]], [[3]]], [[[1]]]])
        #expect(requests.nextDeadline == moment(5000))
    }

    @Test func allOfThemAtOnceToAnotherCoordinator() {
        var requests = OutstandingRequests(sentAt: [1: 0, 2: 500])
        let sent = requests.toSendAgain(at: moment(600), all: true)
        #expect(sent == [[[1]], [[2]]])
        #expect(requests.nextDeadline == moment(2600))
    }

    @Test func theirTimeMayBeOver() {
        var requests = OutstandingRequests(sentAt: [1: 0, 2: 0], deadlines: [1: 1500])
        #expect(requests.nextDeadline == moment(1500))
        let overdue = [1499, 1500, 10_000].map { requests.takeOverdue(at: moment($0)).map(\.frames) }
        #expect(overdue == [[], [[[1]]], []])
        #expect(requests.nextDeadline == moment(2000))
    }
}

private func moment(_ milliseconds: Int) -> Timestamp {
    Timestamp(microseconds: Int64(milliseconds) * 1000)
}

extension OutstandingRequests {
    fileprivate init(sentAt: [UInt8: Int], deadlines: [UInt8: Int] = [:]) {
        self.init()
        for (id, at) in sentAt {
            let request = Request(
                frames: [[id]], sentAt: moment(at), deadline: deadlines[id].map { moment($0) },
                resume: { _ in })
            add(request, id: Int(id))
        }
    }
}
